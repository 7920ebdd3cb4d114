# names_its_commit(TARGET SOURCE): SOURCE of the program TARGET may include <build_commit_text.h>. In the
# program alone: a new commit compiles one file of it, and links nothing else again.
function(names_its_commit target source)
  set(folder ${PROJECT_BINARY_DIR}/commit)
  if(NOT TARGET gateway_build_commit)
    add_custom_target(gateway_build_commit
      COMMAND ${CMAKE_COMMAND} -DCOMMIT=${GATEWAY_COMMIT} -DSOURCE_DIR=${PROJECT_SOURCE_DIR}
              -DFILE=${folder}/build_commit_text.h -P ${PROJECT_SOURCE_DIR}/cmake/build_commit.cmake
      BYPRODUCTS ${folder}/build_commit_text.h
      VERBATIM)
  endif()
  add_dependencies(${target} gateway_build_commit)
  target_sources(${target} PRIVATE ${source})
  set_source_files_properties(${source} PROPERTIES INCLUDE_DIRECTORIES ${folder} SKIP_PRECOMPILE_HEADERS ON)
endfunction()

# gRPC, protobuf and abseil as part of the program: the packages hold both forms, and their CMake
# files name the shared one. Costs 12 MB of disk, saves a twentieth of a call and the dynamic linker's
# work at the start.
get_property(imported DIRECTORY PROPERTY IMPORTED_TARGETS)
foreach(target IN LISTS imported)
  if(NOT target MATCHES "^(gRPC|absl|protobuf)::")
    continue()
  endif()
  foreach(property IMPORTED_LOCATION IMPORTED_LOCATION_NONE IMPORTED_LOCATION_RELEASE)
    get_target_property(location ${target} ${property})
    if(location MATCHES "\\.so[.0-9]*$")
      string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive "${location}")
      if(EXISTS ${archive})
        set_target_properties(${target} PROPERTIES ${property} ${archive})
      endif()
    endif()
  endforeach()
endforeach()

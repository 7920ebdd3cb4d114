# Writes FILE, a header with the commit, at every build; only if it changed, so that only what
# includes it is compiled again. COMMIT: given by whoever builds without git.
cmake_policy(VERSION 3.25)
if(NOT COMMIT)
  execute_process(COMMAND git describe --always --dirty --abbrev=12 --exclude=*
                  WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE COMMIT ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(NOT COMMIT)
  set(COMMIT unknown)
endif()
file(CONFIGURE OUTPUT ${FILE} CONTENT "#define GATEWAY_COMMIT_TEXT \"@COMMIT@\"\n" @ONLY)

# One interface target has all flags; targets link it PRIVATE, so that users do not get them.
add_library(gateway_warnings INTERFACE)
target_compile_options(gateway_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  # Once it optimizes, g++ 12 sees overlapping copies in std::string (its bug 105651), and
  # uninitialized values in the headers of abseil and Boost.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-maybe-uninitialized>)

# Relocations are read-only after the start. Lazy binding would save registers on the stack, with parts
# of secrets (docs/adr/0024).
add_link_options(-Wl,-z,relro,-z,now)

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # What ends a program that oversteps a buffer, a container or its stack, instead of letting it go on.
  # Checked jumps, CET on x86 and BTI on arm64, also need gRPC's archives to have them, which Debian
  # 12's have not.
  set(checked_jumps -fcf-protection)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
    set(checked_jumps -mbranch-protection=standard)
  endif()
  add_compile_options(-fstack-protector-strong -fstack-clash-protection ${checked_jumps}
                      -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS)
endif()

if(GATEWAY_SANITIZER)
  # All code must have the same sanitizer, including generated code.
  add_compile_options(-fsanitize=${GATEWAY_SANITIZER} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GATEWAY_SANITIZER})
  if(GATEWAY_SANITIZER STREQUAL "thread")
    # Protobuf's messages have another layout in code that sees this macro, and the packaged library
    # did not. What libstdc++ makes of the macro, it still needs.
    add_compile_options(-U__SANITIZE_THREAD__ -D_GLIBCXX_TSAN=1)
    # g++ warns of every fence in the headers of Asio and of abseil's flags, wherever it inlines one.
    # Nothing of ours relies on a fence: threads meet in mutexes and in Asio's queue, which has one.
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

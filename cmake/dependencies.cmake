# Everything comes from Debian packages; scripts/setup lists them.
if(NOT PROJECT_IS_TOP_LEVEL)
  # What links the client is in folders above this one, and has to see what the client links.
  set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
endif()
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Protobuf REQUIRED)          # module: the package ships no config
find_package(absl CONFIG REQUIRED)       # before gRPC, whose targets name it
find_path(BOOST_BEAST_INCLUDE_DIR boost/beast/http/basic_parser.hpp REQUIRED)
if(GATEWAY_WITH_SERVICE OR GATEWAY_WITH_TESTS)
  find_package(ZLIB REQUIRED)
  find_package(CURL REQUIRED)
  find_package(spdlog CONFIG REQUIRED)
  find_package(simdjson CONFIG REQUIRED)
  find_package(prometheus-cpp CONFIG REQUIRED)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
  pkg_check_modules(nghttp2 REQUIRED IMPORTED_TARGET libnghttp2)
endif()
if(GATEWAY_WITH_TESTS)
  pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
endif()
if(GATEWAY_WITH_GRPC)
  find_package(gRPC CONFIG REQUIRED)
  if(GATEWAY_STATIC_GRPC)
    include(cmake/static_grpc.cmake)
  endif()
endif()
if(GATEWAY_MIMALLOC)
  find_package(mimalloc CONFIG REQUIRED)
endif()

# google/rpc/{code,status,error_details}.proto as Debian packages them.
find_path(GOOGLE_RPC_PROTO_DIR google/rpc/error_details.proto REQUIRED
  PATHS /usr/share/gocode/src/github.com/gogo/googleapis /usr/include)

# The one library target and the helpers that every folder uses.

function(semblance_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast
    $<$<BOOL:${SEMBLANCE_WERROR}>:-Werror>
    # g++ 12 sees overlaps in "literal" + std::string that are not there (GCC bug 105651)
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
endfunction()

function(semblance_fmt_first target)
  target_include_directories(${target} SYSTEM BEFORE PRIVATE "${PROJECT_BINARY_DIR}/fmt-first")
endfunction()

function(semblance_configure_library)
  get_target_property(type semblance TYPE)
  if(type STREQUAL "SHARED_LIBRARY")
    set(visibility default)  # every public class would need an export macro otherwise
  else()
    set(visibility hidden)
  endif()
  set_target_properties(semblance PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET ${visibility}
    VISIBILITY_INLINES_HIDDEN ON
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    POSITION_INDEPENDENT_CODE ON
    VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
  target_compile_features(semblance PUBLIC cxx_std_20)
  target_sources(semblance PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/include")
  target_include_directories(semblance PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(semblance
    PUBLIC semblance::torch
    PRIVATE fmt::fmt spdlog::spdlog PNG::PNG ZLIB::ZLIB Threads::Threads
            # headers only: users of the installed library need none of them
            $<BUILD_INTERFACE:nlohmann_json::nlohmann_json> $<BUILD_INTERFACE:Eigen3::Eigen>
            $<BUILD_INTERFACE:nanoflann::nanoflann>)
  if(SEMBLANCE_XGBOOST)
    target_link_libraries(semblance PRIVATE semblance::xgboost)
  endif()
  target_precompile_headers(semblance PRIVATE "${PROJECT_SOURCE_DIR}/src/pch.hpp")
  semblance_fmt_first(semblance)
  semblance_warnings(semblance)
endfunction()

# semblance_sources(HEADERS <public headers, below include/semblance> TENSOR <files with tensors> PLAIN <files without>
#                   LANES <plain files whose loops are to become vector instructions>)
# PLAIN and LANES files are compiled without the precompiled header: no LibTorch, a second each. Vectors set no errno
# and raise no floating-point exceptions one by one.
function(semblance_sources)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "HEADERS;TENSOR;PLAIN;LANES")
  list(TRANSFORM arg_HEADERS PREPEND "${PROJECT_SOURCE_DIR}/include/semblance/")
  list(TRANSFORM arg_TENSOR PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  list(TRANSFORM arg_LANES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  list(TRANSFORM arg_PLAIN PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  list(APPEND arg_PLAIN ${arg_LANES})
  if(arg_HEADERS)
    target_sources(semblance PUBLIC FILE_SET HEADERS FILES ${arg_HEADERS})
  endif()
  target_sources(semblance PRIVATE ${arg_TENSOR} ${arg_PLAIN})
  if(arg_PLAIN)
    set_source_files_properties(${arg_PLAIN} TARGET_DIRECTORY semblance
                                PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  endif()
  if(arg_LANES)
    set_source_files_properties(${arg_LANES} TARGET_DIRECTORY semblance
                                PROPERTIES COMPILE_OPTIONS "-O3;-fno-math-errno;-fno-trapping-math")
  endif()
endfunction()

# semblance_test(<room> [PLAIN] SOURCES ... [LABELS ...] [LIBRARIES ...]): one binary a room, test_<room>.
function(semblance_test room)
  cmake_parse_arguments(PARSE_ARGV 1 arg "PLAIN" "TIMEOUT;PROCESSORS" "SOURCES;LABELS;LIBRARIES")
  set(target test_${room})
  add_executable(${target} ${arg_SOURCES})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${target} PRIVATE semblance::semblance test_support GTest::gmock
                        fmt::fmt nlohmann_json::nlohmann_json ${arg_LIBRARIES})
  target_compile_options(${target} PRIVATE -O0 -g1)
  semblance_fmt_first(${target})
  semblance_warnings(${target})
  if(NOT arg_PLAIN)
    target_precompile_headers(${target} REUSE_FROM test_support)
  endif()
  add_test(NAME ${room} COMMAND ${target})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  set_tests_properties(${room} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
                       ENVIRONMENT "OMP_WAIT_POLICY=PASSIVE")
  if(arg_PROCESSORS)
    set_tests_properties(${room} PROPERTIES PROCESSORS ${arg_PROCESSORS})
  endif()
endfunction()

# Defines semblance::torch. Installed beside the config file and included by it, so that the exported
# target names semblance::torch and never a path on the building machine.
if(TARGET semblance::torch)
  return()
endif()

# The CMake folder of the torch package that some Python has, or empty. The package is found, not imported:
# that would take seconds.
function(_semblance_python_torch out)
  set(${out} "" PARENT_SCOPE)
  set(pythons ${SEMBLANCE_PYTHON})
  if(DEFINED ENV{VIRTUAL_ENV})
    list(APPEND pythons "$ENV{VIRTUAL_ENV}/bin/python3")
  endif()
  list(APPEND pythons "${PROJECT_SOURCE_DIR}/.venv/bin/python3" python3 python)
  set(find "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0])")
  foreach(python IN LISTS pythons)
    execute_process(COMMAND "${python}" -c "${find}" OUTPUT_VARIABLE package
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
    if(NOT failed AND EXISTS "${package}/share/cmake/Torch/TorchConfig.cmake")
      set(${out} "${package}/share/cmake/Torch" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# Torch_DIR and CMAKE_PREFIX_PATH win; the torch of a Python environment is the fallback.
find_path(Torch_DIR TorchConfig.cmake PATH_SUFFIXES share/cmake/Torch Torch
          DOC "The CMake folder of LibTorch: <libtorch>/share/cmake/Torch")
if(NOT Torch_DIR)
  _semblance_python_torch(_semblance_torch_dir)
  if(NOT _semblance_torch_dir)
    message(FATAL_ERROR
      "semblance needs LibTorch 2.11 to 2.13 and found none. Any one of these helps:\n"
      "  scripts/bootstrap.sh                         (installs it into the project's own environment)\n"
      "  pip install torch==2.13.0                    (and configure again in that environment)\n"
      "  cmake -D SEMBLANCE_PYTHON=<python>           (a Python that has torch)\n"
      "  cmake -D CMAKE_PREFIX_PATH=<libtorch folder>")
  endif()
  set_property(CACHE Torch_DIR PROPERTY VALUE "${_semblance_torch_dir}")
endif()

add_library(semblance::torch INTERFACE IMPORTED GLOBAL)
target_compile_definitions(semblance::torch INTERFACE AT_PER_OPERATOR_HEADERS)

# A CUDA build of LibTorch stops CMake where there is no CUDA toolkit, which is how most Python environments
# are. Its CPU part is complete, so that is what we link there.
set(_semblance_torch_lib "${Torch_DIR}/../../../lib/${CMAKE_SHARED_LIBRARY_PREFIX}")
if(EXISTS "${_semblance_torch_lib}torch_cuda${CMAKE_SHARED_LIBRARY_SUFFIX}")
  find_package(CUDAToolkit QUIET)
endif()
if(EXISTS "${_semblance_torch_lib}torch_cuda${CMAKE_SHARED_LIBRARY_SUFFIX}" AND NOT CUDAToolkit_FOUND)
  message(STATUS "LibTorch is a CUDA build and there is no CUDA toolkit: linking its CPU part")
  foreach(library IN ITEMS torch_cpu c10)
    file(REAL_PATH "${_semblance_torch_lib}${library}${CMAKE_SHARED_LIBRARY_SUFFIX}" path)
    target_link_libraries(semblance::torch INTERFACE "${path}")
  endforeach()
  file(REAL_PATH "${Torch_DIR}/../../../include" path)
  target_include_directories(semblance::torch SYSTEM INTERFACE "${path}" "${path}/torch/csrc/api/include")
else()
  block(PROPAGATE Torch_FOUND TORCH_INCLUDE_DIRS)
    set(CMAKE_MESSAGE_LOG_LEVEL ERROR)  # the wheel's config warns about a kineto nobody needs
    find_package(Torch 2 REQUIRED GLOBAL)
  endblock()
  target_link_libraries(semblance::torch INTERFACE torch c10)
  target_include_directories(semblance::torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
endif()

# SPDX-License-Identifier: GPL-3.0-or-later
# Compiles the one kernel source for every target this machine has a compiler for, and embeds the results.
# Sets BERTH_PROBE_IMAGE_SOURCES for the program. Nothing found: the program still builds and says what it lacks.
set(BERTH_PROBE_CUDA_TARGETS "80;86;89;90;100;120" CACHE STRING "CUDA architectures to compile kernels for")
set(BERTH_PROBE_HIP_TARGETS "gfx908;gfx90a;gfx942;gfx950;gfx1100;gfx1201" CACHE STRING "AMD processors to compile for")
option(BERTH_PROBE_CUDA "Compile CUDA kernels when nvcc is found" ON)
option(BERTH_PROBE_HIP "Compile HIP kernels when clang's AMDGPU back end is found" ON)

set(kernels "${CMAKE_CURRENT_SOURCE_DIR}/kernels")
set(made "${CMAKE_CURRENT_BINARY_DIR}/images")
file(MAKE_DIRECTORY "${made}")
file(GLOB kernel_sources CONFIGURE_DEPENDS "${kernels}/*.cu" "${kernels}/*.inc" "${kernels}/*.h")
set(lacks "")
set(cuda_images "")
set(hip_images "")
set(cuda_version 0)

# image(<list> <target> <file>): remembers one image of a backend as "target=file".
macro(image list target file)
  list(APPEND ${list} "${target}=${file}")
endmacro()

if(BERTH_PROBE_CUDA)
  # The packages of the registry put nvcc below site-packages/nvidia/cu13; BERTH_CUDA_ROOT names any toolkit's folder.
  file(GLOB wheel_roots "${CMAKE_CURRENT_SOURCE_DIR}/../build/cuda/lib/python3*/site-packages/nvidia/cu1*"
    "$ENV{BERTH_CUDA_ROOT}/lib/python3*/site-packages/nvidia/cu1*")
  set(wheel_bins ${wheel_roots})
  list(TRANSFORM wheel_bins APPEND "/bin")
  find_program(BERTH_PROBE_NVCC nvcc HINTS "$ENV{BERTH_CUDA_ROOT}/bin" ${wheel_bins} "$ENV{CUDA_HOME}/bin"
    /usr/local/cuda/bin)
endif()
if(BERTH_PROBE_CUDA AND BERTH_PROBE_NVCC)
  execute_process(COMMAND ${BERTH_PROBE_NVCC} --version OUTPUT_VARIABLE nvcc_says)
  execute_process(COMMAND ${BERTH_PROBE_NVCC} --list-gpu-arch OUTPUT_VARIABLE nvcc_knows)
  string(REGEX MATCH "release ([0-9]+)\\.([0-9]+)" _ "${nvcc_says}")
  math(EXPR cuda_version "${CMAKE_MATCH_1} * 1000 + ${CMAKE_MATCH_2} * 10")
  set(codes "")
  set(newest "")
  foreach(target ${BERTH_PROBE_CUDA_TARGETS})
    if(nvcc_knows MATCHES "compute_${target}[^0-9a-z]")
      list(APPEND codes "-gencode=arch=compute_${target},code=sm_${target}")
      set(newest ${target})
    else()
      string(APPEND lacks "kernels for sm_${target} (this nvcc does not know it); ")
    endif()
  endforeach()
  # PTX of the oldest and the newest target: a GPU between or after them compiles it when the image is loaded.
  list(GET BERTH_PROBE_CUDA_TARGETS 0 oldest)
  list(APPEND codes "-gencode=arch=compute_${oldest},code=compute_${oldest}"
    "-gencode=arch=compute_${newest},code=compute_${newest}")
  set(nvcc_flags -fatbin -O3 -std=c++17)
  # A driver must know the compression: those that take images of CUDA 13 know Zstandard (its release notes make it the
  # default); older ones may not, so images of older compilers stay as they are.
  if(cuda_version GREATER_EQUAL 13000)
    list(APPEND nvcc_flags --compress-mode=size)
  elseif(cuda_version GREATER_EQUAL 12080)
    list(APPEND nvcc_flags --compress-mode=none)
  endif()
  add_custom_command(OUTPUT "${made}/cuda.fatbin"
    COMMAND ${BERTH_PROBE_NVCC} ${nvcc_flags} ${codes} -o "${made}/cuda.fatbin" "${kernels}/all.cu"
    DEPENDS ${kernel_sources} VERBATIM COMMENT "Compiling probe kernels for CUDA")
  image(cuda_images cuda "${made}/cuda.fatbin")
  if(cuda_version GREATER_EQUAL 12000 AND nvcc_knows MATCHES "compute_90[^0-9]")
    add_custom_command(OUTPUT "${made}/sm_90a.fatbin"
      COMMAND ${BERTH_PROBE_NVCC} ${nvcc_flags} -gencode=arch=compute_90a,code=sm_90a -o "${made}/sm_90a.fatbin"
        "${kernels}/wgmma.cu"
      DEPENDS ${kernel_sources} VERBATIM COMMENT "Compiling probe kernels for sm_90a")
    image(cuda_images sm_90a "${made}/sm_90a.fatbin")
  endif()
  message(STATUS "berth-probe: CUDA kernels with ${BERTH_PROBE_NVCC}")
else()
  string(APPEND lacks "CUDA kernels (no nvcc when it was built); ")
endif()

if(BERTH_PROBE_HIP)
  find_program(BERTH_PROBE_AMD_CLANG NAMES amdclang++ clang++-22 clang++-21 clang++-20 clang++-19
    HINTS /opt/rocm/llvm/bin)
endif()
if(BERTH_PROBE_HIP AND BERTH_PROBE_AMD_CLANG)
  set(hip_flags -x hip -nogpuinc -nogpulib -O3 -std=c++17 -mcode-object-version=5 --offload-device-only
    --no-gpu-bundle-output)
  file(WRITE "${made}/try.cu" "__attribute__((global)) void nothing() { }\n")
  foreach(target ${BERTH_PROBE_HIP_TARGETS})
    execute_process(COMMAND ${BERTH_PROBE_AMD_CLANG} ${hip_flags} --offload-arch=${target} "${made}/try.cu"
      -o "${made}/try.o" RESULT_VARIABLE refused OUTPUT_QUIET ERROR_QUIET)
    if(refused)
      string(APPEND lacks "kernels for ${target} (this clang cannot build them); ")
    else()
      add_custom_command(OUTPUT "${made}/${target}.co"
        COMMAND ${BERTH_PROBE_AMD_CLANG} ${hip_flags} --offload-arch=${target} "${kernels}/all.cu"
          -o "${made}/${target}.co"
        DEPENDS ${kernel_sources} VERBATIM COMMENT "Compiling probe kernels for ${target}")
      image(hip_images ${target} "${made}/${target}.co")
    endif()
  endforeach()
  message(STATUS "berth-probe: HIP kernels with ${BERTH_PROBE_AMD_CLANG}")
else()
  string(APPEND lacks "HIP kernels (no clang with the AMDGPU back end when it was built); ")
endif()

set(text_parts "${kernels}/language.h" "${kernels}/memory.inc" "${kernels}/compute.inc" "${kernels}/packed.inc")
add_custom_command(OUTPUT "${made}/kernels.cl"
  COMMAND ${CMAKE_COMMAND} -E cat ${text_parts} > "${made}/kernels.cl" DEPENDS ${text_parts} VERBATIM)
set(opencl_images "opencl=${made}/kernels.cl")

# One assembler file holds the bytes, one C++ file the table of them.
set(assembler ".section .rodata\n")
set(table "")
set(image_files "")
foreach(backend cuda hip opencl)
  set(entries "")
  set(count 0)
  foreach(entry ${${backend}_images})
    string(REGEX MATCH "^([^=]+)=(.*)$" _ "${entry}")
    set(symbol "berth_probe_image_${CMAKE_MATCH_1}")
    string(APPEND assembler ".balign 4096\n.global ${symbol}\n.hidden ${symbol}\n${symbol}: .incbin \"${CMAKE_MATCH_2}\"\n"
      ".global ${symbol}_end\n.hidden ${symbol}_end\n${symbol}_end: .byte 0\n")
    string(APPEND table "extern \"C\" __attribute__((visibility(\"hidden\"))) const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND entries "    { \"${CMAKE_MATCH_1}\", ${symbol}, ${symbol}_end },\n")
    list(APPEND image_files "${CMAKE_MATCH_2}")
    math(EXPR count "${count} + 1")
  endforeach()
  string(APPEND table "static const std::array<probe::KernelImage, ${count}> ${backend}Table { {\n${entries}} };\n")
endforeach()
string(REGEX REPLACE "; $" "" lacks "${lacks}")
string(REPLACE ";" "," lacks "${lacks}")
file(CONFIGURE OUTPUT "${made}/images.S" CONTENT "${assembler}.section .note.GNU-stack,\"\",@progbits\n" @ONLY)
file(CONFIGURE OUTPUT "${made}/images.cpp" CONTENT "// Generated by probes/cmake/images.cmake.
#include \"probes/drivers/images.h\"
#include <array>
${table}
namespace probe {
std::span<const KernelImage> cudaImages() { return cudaTable; }
std::span<const KernelImage> hipImages() { return hipTable; }
std::span<const KernelImage> openClImages() { return openclTable; }
int cudaImageVersion() { return ${cuda_version}; }
std::string_view whatThisBuildLacks() { return \"${lacks}\"; }
} // namespace probe
" @ONLY)
set_source_files_properties("${made}/images.S" PROPERTIES OBJECT_DEPENDS "${image_files}")
set(BERTH_PROBE_IMAGE_SOURCES "${made}/images.S" "${made}/images.cpp")

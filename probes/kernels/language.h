// SPDX-License-Identifier: GPL-3.0-or-later
// The small C dialect every portable probe kernel is written in. The same text compiles as
//   CUDA C++   (nvcc),
//   HIP        (clang -x hip -nogpuinc -nogpulib: no ROCm header, no device library),
//   OpenCL C   (any driver; PK_FP64 and PK_FP16 are given when the device has them, PK_CPU when it is a CPU),
//   host C++   (PK_HOST: the reference values of the program and the stand-in drivers of the tests).
// Rules: every multiply-add is an explicit fma, constants are exactly representable, no barrier, one dimension.
// So a result never depends on who compiled it, and every comparison below is bit for bit.
#ifndef PK_LANGUAGE_H
#define PK_LANGUAGE_H
#if defined(__OPENCL_VERSION__) || defined(__OPENCL_C_VERSION__)
#pragma OPENCL EXTENSION cl_khr_global_int32_base_atomics : enable
#ifdef PK_FP64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
#ifdef PK_FP16
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
#endif
typedef uint u32;
typedef ulong u64;
#define PK_KERNEL kernel void
#define PK_GLOBAL global
#define PK_RESTRICT restrict
#define PK_FUNCTION inline
#define PK_ID ((u64)get_global_id(0))
#define PK_COUNT ((u64)get_global_size(0))
#define PK_GROUP ((u32)get_group_id(0))
#define PK_LOCAL ((u32)get_local_id(0))
#define PK_UNIT ((u32)get_group_id(0))
#define PK_ATOMIC_INC(p) atomic_inc(p)
#define PK_FMA32(a, b, c) fma(a, b, c)
#define PK_FMA64(a, b, c) fma(a, b, c)
#define PK_BITS32(x) as_uint(x)
#define PK_BITS64(x) as_ulong(x)
#define PK_UINT4(a, b, c, d) ((uint4)(a, b, c, d))
#define PK_FLOAT4(a, b, c, d) ((float4)(a, b, c, d))
#elif defined(PK_HOST)
#include <cmath>
#include <cstdint>
#include <cstring>
#define PK_FP64
typedef uint32_t u32;
typedef uint64_t u64;
struct alignas(16) uint4 {
    u32 x, y, z, w;
};
struct alignas(16) float4 {
    float x, y, z, w;
};
// One simulated work-item at a time: who it is, and how many there are.
struct HostWorkItem {
    u64 id, count;
    u32 perGroup;
};
extern thread_local HostWorkItem hostWorkItem;
static inline u32 hostBits(float x)
{
    u32 bits;
    std::memcpy(&bits, &x, 4);
    return bits;
}
static inline u64 hostBits(double x)
{
    u64 bits;
    std::memcpy(&bits, &x, 8);
    return bits;
}
#define PK_KERNEL extern "C" void
#define PK_GLOBAL
#define PK_RESTRICT __restrict__
#define PK_FUNCTION [[maybe_unused]] static inline
#define PK_ID (hostWorkItem.id)
#define PK_COUNT (hostWorkItem.count)
#define PK_GROUP ((u32)(hostWorkItem.id / hostWorkItem.perGroup))
#define PK_LOCAL ((u32)(hostWorkItem.id % hostWorkItem.perGroup))
#define PK_UNIT (PK_GROUP % 4u) /* the stand-in has four compute units */
#define PK_ATOMIC_INC(p) __atomic_fetch_add(p, 1u, __ATOMIC_RELAXED)
#define PK_FMA32(a, b, c) __builtin_fmaf(a, b, c)
#define PK_FMA64(a, b, c) __builtin_fma(a, b, c)
#define PK_BITS32(x) hostBits((float)(x))
#define PK_BITS64(x) hostBits((double)(x))
#define PK_UINT4(a, b, c, d)                                                                                           \
    uint4                                                                                                              \
    {                                                                                                                  \
        (u32)(a), (u32)(b), (u32)(c), (u32)(d)                                                                         \
    }
#define PK_FLOAT4(a, b, c, d)                                                                                          \
    float4                                                                                                             \
    {                                                                                                                  \
        a, b, c, d                                                                                                     \
    }
#else
#define PK_FP64
typedef unsigned int u32;
typedef unsigned long long u64;
#if defined(__HIP__)
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(n) __attribute__((amdgpu_flat_work_group_size(1, n)))
typedef u32 uint4 __attribute__((ext_vector_type(4)));
typedef float float4 __attribute__((ext_vector_type(4)));
#define PK_LOCAL ((u32)__builtin_amdgcn_workitem_id_x())
#define PK_GROUP ((u32)__builtin_amdgcn_workgroup_id_x())
#define PK_GROUP_SIZE ((u32)__builtin_amdgcn_workgroup_size_x())
#define PK_COUNT ((u64)__builtin_amdgcn_grid_size_x())
#define PK_ATOMIC_INC(p) __atomic_fetch_add(p, 1u, __ATOMIC_RELAXED)
#define PK_FMA32(a, b, c) __builtin_fmaf(a, b, c)
#define PK_FMA64(a, b, c) __builtin_fma(a, b, c)
#define PK_BITS32(x) __builtin_bit_cast(u32, (float)(x))
#define PK_BITS64(x) __builtin_bit_cast(u64, (double)(x))
#define PK_UINT4(a, b, c, d) ((uint4){a, b, c, d})
#define PK_FLOAT4(a, b, c, d) ((float4){a, b, c, d})
#else
#define PK_LOCAL (threadIdx.x)
#define PK_GROUP (blockIdx.x)
#define PK_GROUP_SIZE (blockDim.x)
#define PK_COUNT ((u64)gridDim.x * blockDim.x)
#define PK_ATOMIC_INC(p) atomicAdd(p, 1u)
#define PK_FMA32(a, b, c) __fmaf_rn(a, b, c)
#define PK_FMA64(a, b, c) __fma_rn(a, b, c)
#define PK_BITS32(x) __float_as_uint(x)
#define PK_BITS64(x) ((u64)__double_as_longlong(x))
#define PK_UINT4(a, b, c, d) make_uint4(a, b, c, d)
#define PK_FLOAT4(a, b, c, d) make_float4(a, b, c, d)
#endif
#define PK_ID ((u64)PK_GROUP * PK_GROUP_SIZE + PK_LOCAL)
#define PK_KERNEL extern "C" __global__ void
#define PK_GLOBAL
#define PK_RESTRICT __restrict__
#define PK_FUNCTION static __device__ inline
#define PK_UNIT pk_unit()
// Which unit runs this work-item. CUDA: the SM's number. AMD: XCC << 12 | SE << 8 | SH << 4 | CU (WGP on RDNA), read
// from HW_ID (register 4, gfx9), XCC_ID (20, gfx94x and later gfx9) or HW_ID1 (23, gfx10 and later); fields as in AMD's
// ISA documents. Not yet compared with a real AMD card.
PK_FUNCTION u32 pk_unit()
{
#if defined(__CUDACC__)
    u32 sm;
    asm volatile("mov.u32 %0, %%smid;" : "=r"(sm));
    return sm;
#elif defined(__GFX9__)
    u32 id = __builtin_amdgcn_s_getreg(4 | (31 << 11)), xcc = 0u;
#if defined(__gfx942__) || defined(__gfx950__)
    xcc = __builtin_amdgcn_s_getreg(20 | (31 << 11)) & 15u;
#endif
    return (xcc << 12) | (((id >> 13) & 7u) << 8) | (((id >> 12) & 1u) << 4) | ((id >> 8) & 15u);
#elif defined(__HIP_DEVICE_COMPILE__)
    u32 id = __builtin_amdgcn_s_getreg(23 | (31 << 11));
    return (((id >> 18) & 7u) << 8) | (((id >> 16) & 1u) << 4) | ((id >> 10) & 15u);
#else
    return 0u;
#endif
}
#endif
// GPU: neighbouring work-items touch neighbouring elements. CPU: a work-item owns one contiguous run, because
// work-items of a CPU driver run one after another (measured on PoCL: 20 to 40 times faster).
#if defined(PK_CPU) || defined(PK_HOST)
#define PK_FOR(i, n)                                                                                                   \
    for (u64 i = PK_ID * (((n) + PK_COUNT - 1) / PK_COUNT), i##Run = i + (((n) + PK_COUNT - 1) / PK_COUNT),            \
             i##End = (i##Run < (n) ? i##Run : (n));                                                                   \
         i < i##End; i++)
// PK_RANGE declares the same walk as variables: first element i, bound `end`, distance `step`.
#define PK_RANGE(i, n)                                                                                                 \
    u64 step = 1, i = PK_ID * (((n) + PK_COUNT - 1) / PK_COUNT), end = i + (((n) + PK_COUNT - 1) / PK_COUNT);          \
    end = end < (n) ? end : (n);
#else
#define PK_FOR(i, n) for (u64 i = PK_ID; i < (n); i += PK_COUNT)
#define PK_RANGE(i, n) u64 step = PK_COUNT, i = PK_ID, end = (n);
#endif
// The murmur3 finaliser (Appleby, public domain): every bit of x moves every bit of the result.
PK_FUNCTION u32 pk_hash(u32 x)
{
    x ^= x >> 16;
    x *= 0x85EBCA6Bu;
    x ^= x >> 13;
    x *= 0xC2B2AE35u;
    return x ^ (x >> 16);
}
#endif

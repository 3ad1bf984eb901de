// SPDX-License-Identifier: GPL-3.0-or-later
// wgmma on sm_90a: four warps multiply 64 rows of A by 256 columns of B from shared memory, the only way to Hopper's
// full matrix rate. An image of its own, because only sm_90a can load it. Descriptor and core-matrix layout: NVIDIA,
// "PTX ISA" 9.0, "Asynchronous Warpgroup Level Matrix Shared Memory Layout", no swizzle, both operands K-major.
// Compiled, not yet run: until a GPU has answered, a product that no unit anywhere confirms is called unproven, not
// wrong. fp16 runs on the same units as bf16 and is left out.
#include "language.h"

#include "matrix.inc"

// One instruction multiplies a slab: 32 bytes of K, that is 16 bf16 or 32 fp8 or int8. A product is two slabs.
#define PK_SLABS 2u
#define PK_SLAB_A 2048u // 64 rows
#define PK_SLAB_B 8192u // 256 columns

// Byte offset of a slab's element: core matrices of 8 rows by 16 bytes, the two of one row block side by side.
PK_FUNCTION u32 pk_place(u32 row, u32 byte)
{
    return ((row >> 3) * 2u + (byte >> 4)) * 128u + (row & 7u) * 16u + (byte & 15u);
}

// Start address, leading (along K: 128 bytes) and stride (along rows: 256 bytes) offsets, each in units of 16 bytes.
PK_FUNCTION u64 pk_descriptor(const void *slab)
{
    u64 address = (u64)__cvta_generic_to_shared(slab);
    return ((address & 0x3FFFFull) >> 4) | ((128ull >> 4) << 16) | ((256ull >> 4) << 32);
}

// Fills one slab row after row, a word a work-item and turn; `first` is the row's number for pk_operand().
PK_FUNCTION void pk_fill_slabs(unsigned char *slabs, u32 rows, u32 first, u32 seed, int sign, int format)
{
    u32 perWord = format == PK_AS_BF16 ? 2u : 4u;
    for (u32 i = PK_LOCAL; i < PK_SLABS * rows * 8u; i += PK_GROUP_SIZE) {
        u32 slab = i / (rows * 8u), row = i / 8u % rows, word = i % 8u;
        *(u32 *)(slabs + slab * rows * 32u + pk_place(row, word * 4u)) =
            pk_pack(first + row, (slab * 8u + word) * perWord, seed, sign, format);
    }
}

#define PK_8(kind, i)                                                                                                  \
    "+" kind(d[i]), "+" kind(d[i + 1]), "+" kind(d[i + 2]), "+" kind(d[i + 3]), "+" kind(d[i + 4]),                    \
        "+" kind(d[i + 5]), "+" kind(d[i + 6]), "+" kind(d[i + 7])
#define PK_32(kind, i) PK_8(kind, i), PK_8(kind, i + 8), PK_8(kind, i + 16), PK_8(kind, i + 24)
// d += a b. `last` holds what follows the descriptors: accumulate and, where the type has them, signs and transposes.
#define PK_WGMMA(instruction, kind, last)                                                                              \
    asm volatile("{ .reg .pred add; setp.ne.b32 add, 1, 0; wgmma.mma_async.sync.aligned." instruction " "              \
                 "{%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,"                                             \
                 "%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30,%31,"                                    \
                 "%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,"                                    \
                 "%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63,"                                    \
                 "%64,%65,%66,%67,%68,%69,%70,%71,%72,%73,%74,%75,%76,%77,%78,%79,"                                    \
                 "%80,%81,%82,%83,%84,%85,%86,%87,%88,%89,%90,%91,%92,%93,%94,%95,"                                    \
                 "%96,%97,%98,%99,%100,%101,%102,%103,%104,%105,%106,%107,%108,%109,%110,%111,"                        \
                 "%112,%113,%114,%115,%116,%117,%118,%119,%120,%121,%122,%123,%124,%125,%126,%127},"                   \
                 "%128,%129," last "; }"                                                                               \
                 : PK_32(kind, 0), PK_32(kind, 32), PK_32(kind, 64), PK_32(kind, 96)                                   \
                 : "l"(pk_descriptor(a + slab * PK_SLAB_A)), "l"(pk_descriptor(b + slab * PK_SLAB_B)))
#define PK_PRODUCT(instruction, kind, last, tile)                                                                      \
    {                                                                                                                  \
        const unsigned char *b = tile;                                                                                 \
        _Pragma("unroll") for (u32 slab = 0u; slab < PK_SLABS; slab++) PK_WGMMA(instruction, kind, last);              \
    }

// Two groups of four warps multiply the same A by B and -B. One step is still in flight while the next is queued, so the
// units never idle.
#define PK_WGMMA_KERNEL(name, T, kind, instruction, last, format)                                                      \
    PK_KERNEL __launch_bounds__(256, 1) name(PK_MATRIX_ARGUMENTS)                                                      \
    {                                                                                                                  \
        __shared__ __align__(1024) unsigned char tiles[PK_SLABS * (PK_SLAB_A + 2u * PK_SLAB_B)];                       \
        unsigned char *a = tiles, *plus = a + PK_SLABS * PK_SLAB_A, *minus = plus + PK_SLABS * PK_SLAB_B;              \
        pk_fill_slabs(a, 64u, 0u, seed, 1, format);                                                                    \
        pk_fill_slabs(plus, 256u, 64u, seed, 1, format);                                                               \
        pk_fill_slabs(minus, 256u, 64u, seed, -1, format);                                                             \
        asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); /* for the asynchronous unit */                   \
        __syncthreads();                                                                                               \
        T d[128];                                                                                                      \
        _Pragma("unroll") for (int i = 0; i < 128; i++) d[i] = (T)0;                                                   \
        asm volatile("wgmma.fence.sync.aligned;" ::: "memory");                                                        \
        _Pragma("unroll 1") for (u32 i = 0u; i < steps; i++)                                                           \
        {                                                                                                              \
            asm volatile("wgmma.fence.sync.aligned;" ::: "memory");                                                    \
            PK_PRODUCT(instruction, kind, last, plus)                                                                  \
            PK_PRODUCT(instruction, kind, last, minus)                                                                 \
            PK_PRODUCT(instruction, kind, last, plus)                                                                  \
            PK_PRODUCT(instruction, kind, last, minus)                                                                 \
            asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");                                             \
            asm volatile("wgmma.wait_group.sync.aligned 1;" ::: "memory");                                             \
        }                                                                                                              \
        PK_PRODUCT(instruction, kind, last, plus)                                                                      \
        asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");                                                 \
        asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");                                                 \
        _Pragma("unroll") for (int i = 0; i < 128; i++) out[PK_ID * 128 + i] = (u32)(36 * (int)d[i]);                  \
        if (PK_LOCAL == 0u)                                                                                            \
            where[PK_GROUP] = PK_UNIT;                                                                                 \
    }
PK_WGMMA_KERNEL(pk_wgmma_bf16, float, "f", "m64n256k16.f32.bf16.bf16", "add,1,1,0,0", PK_AS_BF16)
PK_WGMMA_KERNEL(pk_wgmma_fp8, float, "f", "m64n256k32.f32.e4m3.e4m3", "add,1,1", PK_AS_E4M3)
PK_WGMMA_KERNEL(pk_wgmma_int8, int, "r", "m64n256k32.s32.s8.s8", "add", PK_AS_INT8)

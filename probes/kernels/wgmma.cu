// SPDX-License-Identifier: GPL-3.0-or-later
// wgmma on sm_90a: four warps multiply 64 x 16 by 16 x 256 from shared memory, the only way to Hopper's full matrix
// rate. An image of its own, because only sm_90a can load it. Descriptor and core-matrix layout: NVIDIA, "PTX ISA" 9.0,
// "Asynchronous Warpgroup Level Matrix Shared Memory Layout", no swizzle, both operands K-major. Compiled, not yet run:
// until a GPU has answered, a product that no unit anywhere confirms is called unproven, not wrong.
#include "language.h"

#include "matrix.inc"

#define PK_M 64u
#define PK_N 256u
#define PK_K 64u // four instructions of 16

// Byte offset of an element in a tile of 16 k: core matrices of 8 rows by 16 bytes, the two of one row block side by
// side.
PK_FUNCTION u32 pk_place(u32 row, u32 k)
{
    return ((row >> 3) * 2u + (k >> 3)) * 128u + (row & 7u) * 16u + (k & 7u) * 2u;
}

// Start address, leading (along K: 128 bytes) and stride (along rows: 256 bytes) offsets, each in units of 16 bytes.
PK_FUNCTION u64 pk_descriptor(const void *tile)
{
    u64 address = (u64)__cvta_generic_to_shared(tile);
    return ((address & 0x3FFFFull) >> 4) | ((128ull >> 4) << 16) | ((256ull >> 4) << 32);
}

// d += a b for sign 1, d -= a b for -1: the unit negates B itself.
template <int sign>
PK_FUNCTION void pk_wgmma(float (&d)[128], u64 a, u64 b)
{
    asm volatile("{ .reg .pred add; setp.ne.b32 add, 1, 0; wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 "
                 "{%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,"
                 "%16,%17,%18,%19,%20,%21,%22,%23,%24,%25,%26,%27,%28,%29,%30,%31,"
                 "%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47,"
                 "%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63,"
                 "%64,%65,%66,%67,%68,%69,%70,%71,%72,%73,%74,%75,%76,%77,%78,%79,"
                 "%80,%81,%82,%83,%84,%85,%86,%87,%88,%89,%90,%91,%92,%93,%94,%95,"
                 "%96,%97,%98,%99,%100,%101,%102,%103,%104,%105,%106,%107,%108,%109,%110,%111,"
                 "%112,%113,%114,%115,%116,%117,%118,%119,%120,%121,%122,%123,%124,%125,%126,%127},"
                 "%128,%129,add,1,%130,0,0; }"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]), "+f"(d[4]), "+f"(d[5]), "+f"(d[6]), "+f"(d[7]),
                   "+f"(d[8]), "+f"(d[9]), "+f"(d[10]), "+f"(d[11]), "+f"(d[12]), "+f"(d[13]), "+f"(d[14]), "+f"(d[15]),
                   "+f"(d[16]), "+f"(d[17]), "+f"(d[18]), "+f"(d[19]), "+f"(d[20]), "+f"(d[21]), "+f"(d[22]),
                   "+f"(d[23]), "+f"(d[24]), "+f"(d[25]), "+f"(d[26]), "+f"(d[27]), "+f"(d[28]), "+f"(d[29]),
                   "+f"(d[30]), "+f"(d[31]), "+f"(d[32]), "+f"(d[33]), "+f"(d[34]), "+f"(d[35]), "+f"(d[36]),
                   "+f"(d[37]), "+f"(d[38]), "+f"(d[39]), "+f"(d[40]), "+f"(d[41]), "+f"(d[42]), "+f"(d[43]),
                   "+f"(d[44]), "+f"(d[45]), "+f"(d[46]), "+f"(d[47]), "+f"(d[48]), "+f"(d[49]), "+f"(d[50]),
                   "+f"(d[51]), "+f"(d[52]), "+f"(d[53]), "+f"(d[54]), "+f"(d[55]), "+f"(d[56]), "+f"(d[57]),
                   "+f"(d[58]), "+f"(d[59]), "+f"(d[60]), "+f"(d[61]), "+f"(d[62]), "+f"(d[63]), "+f"(d[64]),
                   "+f"(d[65]), "+f"(d[66]), "+f"(d[67]), "+f"(d[68]), "+f"(d[69]), "+f"(d[70]), "+f"(d[71]),
                   "+f"(d[72]), "+f"(d[73]), "+f"(d[74]), "+f"(d[75]), "+f"(d[76]), "+f"(d[77]), "+f"(d[78]),
                   "+f"(d[79]), "+f"(d[80]), "+f"(d[81]), "+f"(d[82]), "+f"(d[83]), "+f"(d[84]), "+f"(d[85]),
                   "+f"(d[86]), "+f"(d[87]), "+f"(d[88]), "+f"(d[89]), "+f"(d[90]), "+f"(d[91]), "+f"(d[92]),
                   "+f"(d[93]), "+f"(d[94]), "+f"(d[95]), "+f"(d[96]), "+f"(d[97]), "+f"(d[98]), "+f"(d[99]),
                   "+f"(d[100]), "+f"(d[101]), "+f"(d[102]), "+f"(d[103]), "+f"(d[104]), "+f"(d[105]), "+f"(d[106]),
                   "+f"(d[107]), "+f"(d[108]), "+f"(d[109]), "+f"(d[110]), "+f"(d[111]), "+f"(d[112]), "+f"(d[113]),
                   "+f"(d[114]), "+f"(d[115]), "+f"(d[116]), "+f"(d[117]), "+f"(d[118]), "+f"(d[119]), "+f"(d[120]),
                   "+f"(d[121]), "+f"(d[122]), "+f"(d[123]), "+f"(d[124]), "+f"(d[125]), "+f"(d[126]), "+f"(d[127])
                 : "l"(a), "l"(b), "n"(sign));
}

template <int sign>
PK_FUNCTION void pk_multiply(float (&d)[128], const unsigned char *a, const unsigned char *b)
{
#pragma unroll
    for (u32 k = 0u; k < 4u; k++)
        pk_wgmma<sign>(d, pk_descriptor(a + k * 2048u), pk_descriptor(b + k * 8192u));
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

// Two groups of four warps; each multiplies its own copy of A by the same B.
PK_KERNEL __launch_bounds__(256, 1) pk_wgmma_bf16(PK_MATRIX_ARGUMENTS)
{
    __shared__ __align__(1024) unsigned char tiles[2 * 8192 + 32768];
    unsigned char *a = tiles + (PK_LOCAL >> 7) * 8192u, *b = tiles + 16384u;
    for (u32 i = PK_LOCAL & 127u; i < PK_M * PK_K; i += 128u) {
        u32 row = i / PK_K, k = i % PK_K, code = pk_code(pk_operand(row, k, seed), PK_AS_BF16);
        *(unsigned short *)(a + (k >> 4) * 2048u + pk_place(row, k & 15u)) = (unsigned short)code;
    }
    for (u32 i = PK_LOCAL; i < PK_N * PK_K; i += 256u) {
        u32 column = i / PK_K, k = i % PK_K, code = pk_code(pk_operand(64u + column, k, seed), PK_AS_BF16);
        *(unsigned short *)(b + (k >> 4) * 8192u + pk_place(column, k & 15u)) = (unsigned short)code;
    }
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); // what threads wrote, for the asynchronous unit
    __syncthreads();
    float d[128];
#pragma unroll
    for (int i = 0; i < 128; i++)
        d[i] = 0.0f;
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#pragma unroll 1
    for (u32 i = 0u; i < steps; i++) {
        asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
        pk_multiply<1>(d, a, b);
        pk_multiply<-1>(d, a, b);
        asm volatile("wgmma.wait_group.sync.aligned 1;" ::: "memory");
    }
    pk_multiply<1>(d, a, b);
    asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory");
#pragma unroll
    for (int i = 0; i < 128; i++)
        out[PK_ID * 128 + i] = (u32)(36 * (int)d[i]);
    if (PK_LOCAL == 0u)
        where[PK_GROUP] = PK_UNIT;
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rag.Index.Vectors.Kernels;

/// <summary>Rows in half precision. Values lie between -1 and 1: there is no infinity and no NaN among them.</summary>
internal readonly unsafe struct HalfKernel<TPairwise> : IRowKernel
    where TPairwise : struct, IPairwise
{
    // A half's exponent counts from 15, a single's from 127.
    private const float Rebias = 5.192296858534828e33f;

    public static float Score(byte* a, byte* b, int padded)
    {
        ushort* x = (ushort*)a, y = (ushort*)b;
        float product;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> sum = default, other = default;
            for (int i = 0; i < padded; i += 32)
            {
                Vector512<ushort> v = Vector512.Load(x + i), w = Vector512.Load(y + i);
                sum = Vector512.FusedMultiplyAdd(Decode(Vector512.WidenLower(v)), Decode(Vector512.WidenLower(w)), sum);
                other = Vector512.FusedMultiplyAdd(Decode(Vector512.WidenUpper(v)), Decode(Vector512.WidenUpper(w)), other);
            }

            product = Vector512.Sum(sum + other);
        }
        else
        {
            Vector256<float> sum = default, other = default;
            for (int i = 0; i < padded; i += 16)
            {
                Vector256<ushort> v = Vector256.Load(x + i), w = Vector256.Load(y + i);
                sum = Vector256.FusedMultiplyAdd(Decode(Vector256.WidenLower(v)), Decode(Vector256.WidenLower(w)), sum);
                other = Vector256.FusedMultiplyAdd(Decode(Vector256.WidenUpper(v)), Decode(Vector256.WidenUpper(w)), other);
            }

            product = Vector256.Sum(sum + other);
        }

        float* endA = (float*)(x + padded), endB = (float*)(y + padded);
        return TPairwise.Finish(product * endA[0] * endB[0], endA[1], endB[1]);
    }

    public static void Score4(byte* a, byte* b0, byte* b1, byte* b2, byte* b3, int padded, float* scores)
    {
        if (!Vector512.IsHardwareAccelerated)
        {
            scores[0] = Score(a, b0, padded);
            scores[1] = Score(a, b1, padded);
            scores[2] = Score(a, b2, padded);
            scores[3] = Score(a, b3, padded);
            return;
        }

        ushort* x = (ushort*)a, y0 = (ushort*)b0, y1 = (ushort*)b1, y2 = (ushort*)b2, y3 = (ushort*)b3;
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < padded; i += 16)
        {
            Vector512<float> v = Load(x + i);
            s0 = Vector512.FusedMultiplyAdd(v, Load(y0 + i), s0);
            s1 = Vector512.FusedMultiplyAdd(v, Load(y1 + i), s1);
            s2 = Vector512.FusedMultiplyAdd(v, Load(y2 + i), s2);
            s3 = Vector512.FusedMultiplyAdd(v, Load(y3 + i), s3);
        }

        float* end = (float*)(x + padded), e0 = (float*)(y0 + padded), e1 = (float*)(y1 + padded), e2 = (float*)(y2 + padded), e3 = (float*)(y3 + padded);
        scores[0] = TPairwise.Finish(Vector512.Sum(s0) * end[0] * e0[0], end[1], e0[1]);
        scores[1] = TPairwise.Finish(Vector512.Sum(s1) * end[0] * e1[0], end[1], e1[1]);
        scores[2] = TPairwise.Finish(Vector512.Sum(s2) * end[0] * e2[0], end[1], e2[1]);
        scores[3] = TPairwise.Finish(Vector512.Sum(s3) * end[0] * e3[0], end[1], e3[1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(ushort* values) => Decode(Vector512.WidenLower(Vector256.Load(values).ToVector512Unsafe()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Decode(Vector512<uint> half) =>
        ((((half & Vector512.Create(0x7FFFu)) << 13).AsSingle() * Rebias).AsUInt32() | ((half & Vector512.Create(0x8000u)) << 16)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Decode(Vector256<uint> half) =>
        ((((half & Vector256.Create(0x7FFFu)) << 13).AsSingle() * Rebias).AsUInt32() | ((half & Vector256.Create(0x8000u)) << 16)).AsSingle();
}

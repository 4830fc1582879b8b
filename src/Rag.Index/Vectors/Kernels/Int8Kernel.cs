using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Rag.Index.Vectors.Kernels;

/// <summary>Rows of signed bytes. The sum of their products is exact; the form of a row is in <see cref="Rows.RowFormat"/>.</summary>
internal readonly unsafe struct Int8Kernel<TPairwise> : IRowKernel
    where TPairwise : struct, IPairwise
{
    public static float Score(byte* a, byte* b, int padded)
    {
        sbyte* x = (sbyte*)a, y = (sbyte*)b;
        int product;
        if (Avx512BW.IsSupported)
        {
            Vector512<int> sum = default;
            for (int i = 0; i < padded; i += 32)
            {
                sum += Avx512BW.MultiplyAddAdjacent(Wide(x + i), Wide(y + i));
            }

            product = Vector512.Sum(sum);
        }
        else
        {
            Vector256<int> sum = default;
            for (int i = 0; i < padded; i += 16)
            {
                sum = Add(Vector128.Load(x + i), Vector128.Load(y + i), sum);
            }

            product = Vector256.Sum(sum);
        }

        return Finish(product, (float*)(a + padded), (float*)(b + padded));
    }

    public static void Score4(byte* a, byte* b0, byte* b1, byte* b2, byte* b3, int padded, float* scores)
    {
        if (!Avx512BW.IsSupported)
        {
            scores[0] = Score(a, b0, padded);
            scores[1] = Score(a, b1, padded);
            scores[2] = Score(a, b2, padded);
            scores[3] = Score(a, b3, padded);
            return;
        }

        sbyte* x = (sbyte*)a, y0 = (sbyte*)b0, y1 = (sbyte*)b1, y2 = (sbyte*)b2, y3 = (sbyte*)b3;
        Vector512<int> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < padded; i += 32)
        {
            Vector512<short> v = Wide(x + i);
            s0 += Avx512BW.MultiplyAddAdjacent(v, Wide(y0 + i));
            s1 += Avx512BW.MultiplyAddAdjacent(v, Wide(y1 + i));
            s2 += Avx512BW.MultiplyAddAdjacent(v, Wide(y2 + i));
            s3 += Avx512BW.MultiplyAddAdjacent(v, Wide(y3 + i));
        }

        float* end = (float*)(a + padded);
        scores[0] = Finish(Vector512.Sum(s0), end, (float*)(b0 + padded));
        scores[1] = Finish(Vector512.Sum(s1), end, (float*)(b1 + padded));
        scores[2] = Finish(Vector512.Sum(s2), end, (float*)(b2 + padded));
        scores[3] = Finish(Vector512.Sum(s3), end, (float*)(b3 + padded));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Finish(int product, float* a, float* b) => TPairwise.Finish(product * a[0] * b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Wide(sbyte* values) => Avx512BW.ConvertToVector512Int16(Vector256.Load(values));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Add(Vector128<sbyte> a, Vector128<sbyte> b, Vector256<int> sum)
    {
        if (Avx2.IsSupported)
        {
            return sum + Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(a), Avx2.ConvertToVector256Int16(b));
        }

        Vector128<short> low = Vector128.WidenLower(a) * Vector128.WidenLower(b), high = Vector128.WidenUpper(a) * Vector128.WidenUpper(b);
        return sum + Vector256.Create(Vector128.WidenLower(low) + Vector128.WidenUpper(low), Vector128.WidenLower(high) + Vector128.WidenUpper(high));
    }
}

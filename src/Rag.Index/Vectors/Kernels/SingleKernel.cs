using System.Runtime.Intrinsics;

namespace Rag.Index.Vectors.Kernels;

/// <summary>Rows in single precision.</summary>
internal readonly unsafe struct SingleKernel<TPairwise> : IRowKernel
    where TPairwise : struct, IPairwise
{
    public static float Score(byte* a, byte* b, int padded)
    {
        float* x = (float*)a, y = (float*)b;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> even = default, odd = default;
            for (int i = 0; i < padded; i += 32)
            {
                even = TPairwise.Add(Vector512.Load(x + i), Vector512.Load(y + i), even);
                odd = TPairwise.Add(Vector512.Load(x + i + 16), Vector512.Load(y + i + 16), odd);
            }

            return TPairwise.Finish(Vector512.Sum(even + odd));
        }

        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < padded; i += 32)
        {
            s0 = TPairwise.Add(Vector256.Load(x + i), Vector256.Load(y + i), s0);
            s1 = TPairwise.Add(Vector256.Load(x + i + 8), Vector256.Load(y + i + 8), s1);
            s2 = TPairwise.Add(Vector256.Load(x + i + 16), Vector256.Load(y + i + 16), s2);
            s3 = TPairwise.Add(Vector256.Load(x + i + 24), Vector256.Load(y + i + 24), s3);
        }

        return TPairwise.Finish(Vector256.Sum(s0 + s1 + (s2 + s3)));
    }

    public static void Score4(byte* a, byte* b0, byte* b1, byte* b2, byte* b3, int padded, float* scores)
    {
        float* x = (float*)a, y0 = (float*)b0, y1 = (float*)b1, y2 = (float*)b2, y3 = (float*)b3;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
            for (int i = 0; i < padded; i += 32)
            {
                Vector512<float> v = Vector512.Load(x + i), w = Vector512.Load(x + i + 16);
                s0 = TPairwise.Add(v, Vector512.Load(y0 + i), s0);
                s1 = TPairwise.Add(v, Vector512.Load(y1 + i), s1);
                s2 = TPairwise.Add(v, Vector512.Load(y2 + i), s2);
                s3 = TPairwise.Add(v, Vector512.Load(y3 + i), s3);
                t0 = TPairwise.Add(w, Vector512.Load(y0 + i + 16), t0);
                t1 = TPairwise.Add(w, Vector512.Load(y1 + i + 16), t1);
                t2 = TPairwise.Add(w, Vector512.Load(y2 + i + 16), t2);
                t3 = TPairwise.Add(w, Vector512.Load(y3 + i + 16), t3);
            }

            scores[0] = TPairwise.Finish(Vector512.Sum(s0 + t0));
            scores[1] = TPairwise.Finish(Vector512.Sum(s1 + t1));
            scores[2] = TPairwise.Finish(Vector512.Sum(s2 + t2));
            scores[3] = TPairwise.Finish(Vector512.Sum(s3 + t3));
            return;
        }

        scores[0] = Score(a, b0, padded);
        scores[1] = Score(a, b1, padded);
        scores[2] = Score(a, b2, padded);
        scores[3] = Score(a, b3, padded);
    }
}

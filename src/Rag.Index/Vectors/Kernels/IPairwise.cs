using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rag.Index.Vectors.Kernels;

/// <summary>What is summed over the values of two vectors in single precision, and what the sum means.</summary>
internal interface IPairwise
{
    static abstract Vector512<float> Add(Vector512<float> a, Vector512<float> b, Vector512<float> sum);

    static abstract Vector256<float> Add(Vector256<float> a, Vector256<float> b, Vector256<float> sum);

    /// <summary>The score of a sum.</summary>
    static abstract float Finish(float sum);

    /// <summary>The score of an inner product of rounded rows.</summary>
    static abstract float Finish(float product, float squareA, float squareB);
}

/// <summary>The inner product.</summary>
internal readonly struct Product : IPairwise
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b, Vector512<float> sum) => Vector512.FusedMultiplyAdd(a, b, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b, Vector256<float> sum) => Vector256.FusedMultiplyAdd(a, b, sum);

    public static float Finish(float sum) => sum;

    public static float Finish(float product, float squareA, float squareB) => product;
}

/// <summary>The squared distance, negated.</summary>
internal readonly struct NegatedDistance : IPairwise
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b, Vector512<float> sum)
    {
        Vector512<float> difference = a - b;
        return Vector512.FusedMultiplyAdd(difference, difference, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b, Vector256<float> sum)
    {
        Vector256<float> difference = a - b;
        return Vector256.FusedMultiplyAdd(difference, difference, sum);
    }

    public static float Finish(float sum) => -sum;

    public static float Finish(float product, float squareA, float squareB) => (2 * product) - squareA - squareB;
}

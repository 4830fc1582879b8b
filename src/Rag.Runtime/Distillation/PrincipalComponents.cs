namespace Rag.Runtime.Distillation;

/// <summary>The leading directions of a set of vectors.</summary>
/// <param name="Map">[dimensions, count]: a row vector times it gives the coordinates along the directions.</param>
/// <param name="Kept">Share of the sum of squares that lies along them.</param>
internal sealed record PrincipalComponents(double[] Map, double Kept)
{
    /// <summary>
    /// Finds them from second moments. Signs are chosen so that the coordinate with the largest magnitude of each direction is
    /// positive; similarities do not depend on it.
    /// </summary>
    /// <param name="moments">XᵀX or a multiple of it, [dimensions, dimensions]; destroyed.</param>
    /// <param name="dimensions">Length of a vector.</param>
    /// <param name="count">Directions to keep, at most <paramref name="dimensions"/>.</param>
    public static PrincipalComponents Find(double[] moments, int dimensions, int count)
    {
        (double[] values, double[] vectors) = SymmetricEigen.Decompose(moments, dimensions);
        double[] map = new double[dimensions * count];
        for (int c = 0; c < count; c++)
        {
            ReadOnlySpan<double> direction = vectors.AsSpan(c * dimensions, dimensions);
            double sign = direction[System.Numerics.Tensors.TensorPrimitives.IndexOfMaxMagnitude(direction)] < 0 ? -1 : 1;
            for (int d = 0; d < dimensions; d++)
            {
                map[(d * count) + c] = sign * direction[d];
            }
        }

        double all = values.Sum();
        return new PrincipalComponents(map, all > 0 ? values.Take(count).Sum() / all : 1);
    }
}

using Rag.Models.Configuration;
using Rag.Runtime.Embedding;

namespace Rag.Runtime.Tests.Embedding;

public sealed class PoolingTests
{
    // Three tokens of two dimensions.
    private static readonly float[] States = [1, 4, 2, -2, 6, 1];

    [Theory]
    [InlineData(PoolingKind.Mean, 3f, 1f)]
    [InlineData(PoolingKind.Cls, 1f, 4f)]
    [InlineData(PoolingKind.Max, 6f, 4f)]
    [InlineData(PoolingKind.MeanSqrtLength, 5.1961524f, 1.7320508f)]
    [InlineData(PoolingKind.WeightedMean, 23f / 6, 0.5f)]
    [InlineData(PoolingKind.LastToken, 6f, 1f)]
    public void Apply_Kind_PoolsAsNamed(PoolingKind kind, float x, float y)
    {
        float[] vector = new float[2];
        new Pooling([kind], 2, normalize: false).Apply(States, vector);
        Assert.Equal(x, vector[0], 1e-6);
        Assert.Equal(y, vector[1], 1e-6);
    }

    [Fact]
    public void Apply_TwoKinds_StandOneBehindTheOtherAndAreNormalisedTogether()
    {
        Pooling pooling = new([PoolingKind.Cls, PoolingKind.Mean], 2, normalize: true);
        float[] vector = new float[pooling.Dimensions];
        pooling.Apply(States, vector);
        float norm = MathF.Sqrt(1 + 16 + 9 + 1);
        Assert.Equal([1 / norm, 4 / norm, 3 / norm, 1 / norm], vector.Select(value => value));
        Assert.Equal("cls+mean", pooling.Name);
    }

    [Fact]
    public void Apply_NotFinite_IsRefused() =>
        Assert.Throws<CorruptException>(() => new Pooling([PoolingKind.Mean], 2, normalize: true).Apply([1, float.NaN], new float[2]));

    [Fact]
    public void Apply_ZeroStates_StayZero()
    {
        float[] vector = [5, 5];
        new Pooling([PoolingKind.Mean], 2, normalize: true).Apply([0, 0], vector);
        Assert.Equal([0, 0], vector);
    }
}

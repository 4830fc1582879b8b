namespace Rag.Index.Tests.Support;

/// <summary>Random vectors in clusters, as those of real texts are.</summary>
internal static class Clusters
{
    /// <summary>Makes vectors; the cluster of each is its number modulo <paramref name="clusters"/>.</summary>
    public static float[][] Make(Random random, int count, int dimensions, int clusters, float spread = .5f)
    {
        float[][] centres = [.. Enumerable.Range(0, clusters).Select(_ => Normal(random, dimensions))];
        return [.. Enumerable.Range(0, count).Select(i => Normal(random, dimensions).Zip(centres[i % clusters], (noise, centre) => centre + (spread * noise)).ToArray())];
    }

    private static float[] Normal(Random random, int dimensions) => [.. Enumerable.Range(0, dimensions).Select(_ =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
}

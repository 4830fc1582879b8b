using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;
using Rag.Benchmarks.Encoders;
using Rag.Models.Formats.Safetensors;
using Rag.Runtime.Embedding;

namespace Rag.Benchmarks.Vectors;

/// <summary>Vectors of length 1 and questions, here and in files for the peers.</summary>
internal sealed record VectorSet(string Name, int Dimensions, float[][] Vectors, float[][] Queries, string Folder)
{
    public string VectorFile => Path.Combine(Folder, "vectors.f32");

    public string QueryFile => Path.Combine(Folder, "queries.f32");

    /// <summary>Reads the shared fixture.</summary>
    public static VectorSet Fixture(string fixtures, string folder)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(fixtures, "vectors.safetensors"));
        int dimensions = (int)file.Require("base").Shape[1];
        float[][] Rows(string name) => [.. file.ReadSingles(file.Require(name)).Chunk(dimensions)];
        return new VectorSet("fixture 20,000 x 128", dimensions, Rows("base"), Rows("queries"), folder).Prepare();
    }

    /// <summary>Makes vectors in clusters of different size.</summary>
    public static VectorSet Clustered(int count, int dimensions, int queries, string folder)
    {
        Random random = new(17);
        const int Clusters = 500;
        float[][] centres = [.. Enumerable.Range(0, Clusters).Select(_ => Normal(random, dimensions, null, 1))];
        float[] Draw() => Normal(random, dimensions, centres[(int)(Clusters * Math.Pow(random.NextDouble(), 2))], .7f);
        float[][] vectors = new float[count][];
        for (int i = 0; i < count; i++)
        {
            vectors[i] = Draw();
        }

        return new VectorSet(FormattableString.Invariant($"clustered {count:n0} x {dimensions}"), dimensions, vectors, [.. Enumerable.Range(0, queries).Select(_ => Draw())], folder).Prepare();
    }

    /// <summary>The vectors of real texts; one in eleven is a question.</summary>
    public static async Task<VectorSet> SentencesAsync(string model, string corpus, int count, string folder)
    {
        using SentenceEmbedder embedder = SentenceEmbedder.Load(model);
        GeneratedEmbeddings<Embedding<float>> embeddings = await embedder.GenerateAsync(EncoderBenchmark.Read(corpus).Take(count));
        float[][] all = [.. embeddings.Select(embedding => embedding.Vector.ToArray())];
        float[][] queries = [.. all.Where((_, i) => i % 11 == 0)], vectors = [.. all.Where((_, i) => i % 11 != 0)];
        return new VectorSet(FormattableString.Invariant($"{vectors.Length:n0} texts, {Path.GetFileName(model.TrimEnd('/'))}"), all[0].Length, vectors, queries, folder).Prepare();
    }

    /// <summary>The true best rows of each question.</summary>
    public HashSet<int>[] Truth(int top)
    {
        HashSet<int>[] truth = new HashSet<int>[Queries.Length];
        Parallel.For(0, Queries.Length, i =>
        {
            float[] scores = [.. Vectors.Select(vector => -TensorPrimitives.Dot(vector, Queries[i]))];
            int[] rows = [.. Enumerable.Range(0, scores.Length)];
            scores.AsSpan().Sort(rows.AsSpan());
            truth[i] = [.. rows.AsSpan(0, top)];
        });
        return truth;
    }

    private static float[] Normal(Random random, int dimensions, float[]? centre, float spread)
    {
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            vector[i] = (centre?[i] ?? 0) + (spread * (float)(radius * Math.Cos(2 * Math.PI * random.NextDouble())));
        }

        return vector;
    }

    private VectorSet Prepare()
    {
        Directory.CreateDirectory(Folder);
        foreach ((string path, float[][] rows) in new[] { (VectorFile, Vectors), (QueryFile, Queries) })
        {
            using FileStream stream = File.Create(path);
            foreach (float[] row in rows)
            {
                TensorPrimitives.Divide(row, TensorPrimitives.Norm<float>(row), row);
                stream.Write(MemoryMarshal.AsBytes<float>(row));
            }
        }

        return this;
    }
}

using System.Runtime.InteropServices;
using Rag.Index.Filters;
using Rag.Models.Formats.Safetensors;
using Rag.Tests.Support;

namespace Rag.Index.Tests.Support;

/// <summary>Reads shared/fixtures/vectors: vectors, questions, and the true neighbours for each filter and metric.</summary>
internal sealed class VectorFixture
{
    public static readonly string[] Filters = ["all", "half", "twentieth", "two-hundredth", "one-cluster"];

    private static readonly Lazy<VectorFixture> Read = new(() => new());

    private readonly int[] _filterValues;
    private readonly int[] _clusters;

    private VectorFixture()
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Require("fixtures", "vectors", "vectors.safetensors"));
        Vectors = Rows(file.ReadSingles(file.Require("base")));
        Queries = Rows(file.ReadSingles(file.Require("queries")));
        _filterValues = Integers(file, "filter_value");
        _clusters = Integers(file, "cluster");
    }

    public static int Dimensions => 128;

    public float[][] Vectors { get; }

    public float[][] Queries { get; }

    public static VectorFixture Require()
    {
        SharedData.Require("fixtures", "vectors", "vectors.safetensors");
        return Read.Value;
    }

    /// <summary>The rows that pass; null for all.</summary>
    public RowSet? Passing(string filter)
    {
        if (filter == "all")
        {
            return null;
        }

        RowSet rows = new(Vectors.Length);
        for (int row = 0; row < Vectors.Length; row++)
        {
            bool passes = filter switch
            {
                "half" => _filterValues[row] < 500,
                "twentieth" => _filterValues[row] < 50,
                "two-hundredth" => _filterValues[row] < 5,
                _ => _clusters[row] == 29,
            };
            if (passes)
            {
                rows.Add(row, row + 1);
            }
        }

        return rows;
    }

    /// <summary>True neighbours, and their scores with a greater one the better.</summary>
    public static (int[][] Ids, float[][] Scores) Truth(string filter, VectorMetric metric)
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Require("fixtures", "vectors", $"truth-{filter}.safetensors"));
        string name = metric switch { VectorMetric.Cosine => "cosine", VectorMetric.Dot => "dot", _ => "l2" };
        int[] ids = Integers(file, $"{name}.ids");
        float[] scores = file.ReadSingles(file.Require($"{name}.scores"));
        int width = (int)file.Require($"{name}.ids").Shape[1];
        return (
            [.. ids.Chunk(width)],
            [.. scores.Select(score => metric == VectorMetric.L2 ? -score : score).Chunk(width)]);
    }

    private static float[][] Rows(float[] values) => [.. values.Chunk(Dimensions)];

    private static int[] Integers(SafetensorsFile file, string name)
    {
        TensorInfo tensor = file.Require(name);
        int[] values = new int[tensor.ElementCount];
        file.ReadBytes(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}

using System.Text.Json;
using Rag.Models;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks.Heads;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Heads;

/// <summary>A folder of the encoder fixtures: a tiny model and what the reference implementation answers.</summary>
internal sealed class HeadFixture : IDisposable
{
    private readonly SafetensorsFile _expected;
    private readonly JsonElement _json;

    private HeadFixture(string folder)
    {
        FolderPath = folder;
        _expected = SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        _json = document.RootElement.Clone();
    }

    public string FolderPath { get; }

    public ModelFolder Model => ModelFolder.Open(FolderPath);

    public int MaxLength => _json.GetProperty("max_length").GetInt32();

    /// <summary>What the head of the folder is for, as its expected outputs show; null where it has none.</summary>
    public HeadKind? Kind
    {
        get
        {
            if (_expected.Find("start_logits") is not null)
            {
                return HeadKind.Spans;
            }

            if (_expected.Find("sparse") is not null)
            {
                return HeadKind.Sparse;
            }

            if (_expected.Find("token_embeddings") is not null)
            {
                return HeadKind.LateInteraction;
            }

            return _expected.Find("logits")?.Shape switch
            {
                [_, _] => HeadKind.Classification,
                [_, _, var width] => width == Model.Configuration.RequireCount("vocab_size") ? HeadKind.MaskedLanguageModel : HeadKind.TokenClassification,
                _ => null,
            };
        }
    }

    /// <summary>The folders that are there whose outputs fit.</summary>
    public static TheoryData<string> Where(Func<HeadFixture, bool> fits)
    {
        TheoryData<string> found = [];
        if (SharedData.Find("fixtures", "encoders") is { } root)
        {
            foreach (string folder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
            {
                if (File.Exists(Path.Combine(folder, "expected.safetensors")))
                {
                    using HeadFixture fixture = new(folder);
                    if (fits(fixture))
                    {
                        found.Add(Path.GetFileName(folder));
                    }
                }
            }
        }

        if (found.Count == 0)
        {
            found.Add("none");
        }

        return found;
    }

    public static HeadFixture Open(string name) => new(SharedData.Require("fixtures", "encoders", name));

    public bool Has(string tensor) => _expected.Find(tensor) is not null;

    public float[] Singles(string tensor) => _expected.ReadSingles(_expected.Require(tensor));

    public long[] Shape(string tensor) => [.. _expected.Require(tensor).Shape];

    public byte[] Bytes(string tensor)
    {
        byte[] bytes = new byte[_expected.Require(tensor).Length];
        _expected.ReadBytes(_expected.Require(tensor), bytes);
        return bytes;
    }

    public long[] Integers(string tensor)
    {
        byte[] bytes = Bytes(tensor);
        return [.. Enumerable.Range(0, bytes.Length / sizeof(long)).Select(i => BitConverter.ToInt64(bytes, sizeof(long) * i))];
    }

    public int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];

    public JsonElement Json(string key) => _json.GetProperty(key);

    public string[] Texts(string key = "texts") => [.. Json(key).EnumerateArray().Select(item => item.GetString()!)];

    public (string First, string Second)[] Pairs(string key = "texts") => [.. Json(key).EnumerateArray().Select(item => (item[0].GetString()!, item[1].GetString()!))];

    /// <summary>The tokens of a row that are not padding.</summary>
    public long[] Row(string tensor, int row)
    {
        long[] all = Integers(tensor);
        int sequence = (int)Shape(tensor)[1];
        return all[(row * sequence)..((row * sequence) + Lengths[row])];
    }

    public int[] Lengths => Integers(Json("lengths"));

    public void Dispose() => _expected.Dispose();

    public static float Worst(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float worst = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            float difference = Math.Abs(expected[i] - actual[i]);
            worst = difference > worst || float.IsNaN(difference) ? difference : worst;
            if (float.IsNaN(worst))
            {
                return worst;
            }
        }

        return worst;
    }
}

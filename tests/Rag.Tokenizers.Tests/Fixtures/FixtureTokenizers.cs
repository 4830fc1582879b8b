using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rag.Tests.Support;

namespace Rag.Tokenizers.Tests.Fixtures;

/// <summary>The reference tokenizers as the fixtures were made with them: repaired or assembled where their files say how.</summary>
internal static class FixtureTokenizers
{
    private static readonly ConcurrentDictionary<string, Lazy<Tokenizer>> Loaded = new();

    /// <summary>Names of all fixtures that a tokenizer.json was made for: those of the bank, and "synthetic/…".</summary>
    public static IEnumerable<string> Names()
    {
        if (SharedData.Find("fixtures", "tokenizers") is not { } root)
        {
            yield break;
        }

        foreach (string name in Directory.EnumerateFiles(root, "*.jsonl*").Select(Path.GetFileName).Select(name => name![..name!.IndexOf('.', StringComparison.Ordinal)])
            .Concat(["qwen2.5"]).Where(name => CaseFiles(name).Any() && SentencePieceModel(name) is null).Distinct().Order(StringComparer.Ordinal))
        {
            yield return name;
        }

        foreach (string folder in Directory.EnumerateDirectories(Path.Combine(root, "synthetic")).Order(StringComparer.Ordinal))
        {
            yield return "synthetic/" + Path.GetFileName(folder);
        }
    }

    /// <summary>The files with cases of one fixture.</summary>
    public static IEnumerable<string> CaseFiles(string name)
    {
        string root = SharedData.Find("fixtures", "tokenizers")!;
        string[] stems = name.StartsWith("synthetic/", StringComparison.Ordinal) ? [name + "/cases"] : [name, name + ".korquad"];
        return stems.SelectMany(stem => new[] { stem + ".jsonl", stem + ".jsonl.gz" }).Select(file => Path.Combine(root, file)).Where(File.Exists);
    }

    /// <summary>The SentencePiece model that a fixture was made with, or null where it was made with a tokenizer.json.</summary>
    public static string? SentencePieceModel(string name) =>
        SharedData.Find("data", "tokenizers", name) is { } folder && !Directory.EnumerateFiles(folder, "tokenizer.json").Any()
            ? Directory.EnumerateFiles(folder, "tokenizer.model*").FirstOrDefault(file => File.ReadAllBytes(file)[0] == 0x0A)
            : null;

    public static string? StreamFile(string name) =>
        SharedData.Find("fixtures", "tokenizers", name.StartsWith("synthetic/", StringComparison.Ordinal) ? name + "/stream.jsonl" : name + ".stream.jsonl");

    /// <summary>Lines of a file, plain or gzip, parsed; split on \n only.</summary>
    public static IEnumerable<JsonElement> Lines(string file)
    {
        using Stream raw = File.OpenRead(file);
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(raw, CompressionMode.Decompress) : raw;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        byte[] all = memory.ToArray();
        for (int at = 0; at < all.Length;)
        {
            int end = Array.IndexOf(all, (byte)'\n', at);
            end = end < 0 ? all.Length : end;
            if (end > at)
            {
                using JsonDocument line = JsonDocument.Parse(all.AsMemory(at, end - at));
                yield return line.RootElement.Clone();
            }

            at = end + 1;
        }
    }

    /// <summary>Loads once.</summary>
    public static Tokenizer Require(string name) => Loaded.GetOrAdd(name, key => new Lazy<Tokenizer>(() => Load(key))).Value;

    private static Tokenizer Load(string name)
    {
        if (SentencePieceModel(name) is { } model)
        {
            return Tokenizer.LoadSentencePiece(model);
        }

        if (name.StartsWith("synthetic/", StringComparison.Ordinal))
        {
            return Tokenizer.Load(SharedData.Require("fixtures", "tokenizers", name));
        }

        if (SharedData.Find("fixtures", "tokenizers", name + ".skeleton.json") is { } skeleton)
        {
            return Tokenizer.Parse(FromTiktoken(skeleton, Directory.EnumerateFiles(SharedData.Require("data", "tokenizers", name), "*").Single(IsTiktoken)), name);
        }

        string file = SharedData.Require("data", "tokenizers", name, "tokenizer.json");
        return SharedData.Find("fixtures", "tokenizers", name + ".patch.json") is { } patch
            ? Tokenizer.Parse(Patched(file, patch), name)
            : Tokenizer.Load(file);
    }

    private static bool IsTiktoken(string file) => file.EndsWith(".tiktoken", StringComparison.Ordinal) || file.EndsWith(".model", StringComparison.Ordinal);

    private static byte[] Patched(string file, string patchFile)
    {
        JsonNode root = JsonNode.Parse(File.ReadAllBytes(file))!;
        JsonNode patch = JsonNode.Parse(File.ReadAllBytes(patchFile))!;
        var vocabulary = root["model"]!["vocab"]!.AsObject();
        var repaired = patch["vocab"]!.AsObject().ToDictionary(pair => int.Parse(pair.Key, CultureInfo.InvariantCulture), pair => pair.Value!.GetValue<string>());
        var entries = new JsonObject();
        // The damaged entries repeat keys that others have, so both are dropped by id and set anew.
        foreach ((string token, JsonNode? id) in vocabulary)
        {
            if (!repaired.ContainsKey(id!.GetValue<int>()))
            {
                entries[token] = id.GetValue<int>();
            }
        }

        foreach ((int id, string token) in repaired)
        {
            entries[token] = id;
        }

        root["model"]!["vocab"] = entries;
        var merges = root["model"]!["merges"]!.AsArray();
        foreach ((string rank, JsonNode? pair) in patch["merges"]!.AsObject())
        {
            merges[int.Parse(rank, CultureInfo.InvariantCulture)] = pair!.DeepClone();
        }

        return System.Text.Encoding.UTF8.GetBytes(root.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    /// <summary>Merges of a tiktoken file: every split of every token into two tokens, by the ranks of token, left and right.</summary>
    private static byte[] FromTiktoken(string skeleton, string ranksFile)
    {
        Dictionary<string, int> ranks = [];
        foreach (string line in File.ReadLines(ranksFile))
        {
            string[] parts = line.Split(' ', StringSplitOptions.TrimEntries);
            if (parts.Length == 2)
            {
                ranks[string.Concat(Convert.FromBase64String(parts[0]).Select(b => Text.ByteAlphabet.Characters[b]))] = int.Parse(parts[1], CultureInfo.InvariantCulture);
            }
        }

        var lookup = ranks.GetAlternateLookup<ReadOnlySpan<char>>();
        List<(int Rank, int Left, int Right, string Token, int Split)> merges = [];
        foreach ((string token, int rank) in ranks)
        {
            for (int i = 1; i < token.Length; i++)
            {
                if (lookup.TryGetValue(token.AsSpan(0, i), out int left) && lookup.TryGetValue(token.AsSpan(i), out int right))
                {
                    merges.Add((rank, left, right, token, i));
                }
            }
        }

        merges.Sort((a, b) => (a.Rank, a.Left, a.Right).CompareTo((b.Rank, b.Left, b.Right)));
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(skeleton));
            writer.WriteStartObject();
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name != "model")
                {
                    property.WriteTo(writer);
                    continue;
                }

                writer.WriteStartObject("model");
                foreach (JsonProperty field in property.Value.EnumerateObject().Where(field => field.Name is not ("vocab" or "merges")))
                {
                    field.WriteTo(writer);
                }

                writer.WriteStartObject("vocab");
                foreach ((string token, int rank) in ranks)
                {
                    writer.WriteNumber(token, rank);
                }

                writer.WriteEndObject();
                writer.WriteStartArray("merges");
                foreach ((_, _, _, string token, int split) in merges)
                {
                    writer.WriteStartArray();
                    writer.WriteStringValue(token.AsSpan(0, split));
                    writer.WriteStringValue(token.AsSpan(split));
                    writer.WriteEndArray();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return output.ToArray();
    }
}

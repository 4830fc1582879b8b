using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime;
using Rag.Models.Packing;

namespace Rag.Runtime.Sessions.Kernels;

/// <summary>
/// What was found for decoders of some sizes on some machine: one small file, rewritten whole. One that is damaged, foreign or cannot be
/// written is no error: kernels are timed again.
/// </summary>
/// <param name="folder">The folder of the file.</param>
internal sealed class KernelChoiceCache(string folder)
{
    // Goes up when the same times would lead to another choice, or are taken otherwise.
    private const string Version = "2";
    private const int MostBytes = 1 << 20;
    private const int MostEntries = 256;
    private const int MostCount = 1 << 14;
    private readonly string _path = Path.Combine(folder, "rag-kernels.json");

    /// <summary>What the choice for a shape is kept under: the shape, the machine and the library.</summary>
    public static string KeyOf(KernelShape shape) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Version}|{OrtEnv.Instance().GetVersionString()}|{RuntimeInformation.ProcessArchitecture}|{Processor()}|{Environment.ProcessorCount}|{shape}");

    /// <summary>The choice that was kept; null where none was.</summary>
    public KernelChoice? Find(string key)
    {
        try
        {
            return Read()[key] is JsonObject entry &&
                entry["weights"] is JsonValue weights && weights.TryGetValue(out string? name) && Enum.TryParse(name, out WeightPrecision precision) && precision is WeightPrecision.Int8 or WeightPrecision.Int8Rows &&
                entry["one_token_from"] is JsonValue from && from.TryGetValue(out int length) && length > 0 &&
                Ratio(entry, "prompt_ratio") is { } prompt && Ratio(entry, "token_ratio") is { } token && Ratio(entry, "request_ratio") is { } request &&
                Count(entry, "threads") is { } threads && Count(entry, "prefill_chunk") is { } chunk
                ? new KernelChoice(precision, length, prompt, token, request, threads, chunk)
                : null;
        }
        catch (ArgumentException)
        {
            // A name twice in one object, which shows when it is looked up.
            return null;
        }
    }

    /// <summary>Keeps a choice, where the file can be written.</summary>
    public void Keep(string key, KernelChoice choice)
    {
        JsonObject all = Read();
        if (all.Count >= MostEntries)
        {
            all.Clear();
        }

        all[key] = new JsonObject
        {
            ["weights"] = choice.Weights.ToString(),
            ["one_token_from"] = choice.OneTokenFrom,
            ["prompt_ratio"] = choice.PromptRatio,
            ["token_ratio"] = choice.TokenRatio,
            ["request_ratio"] = choice.RequestRatio,
            ["threads"] = choice.Threads,
            ["prefill_chunk"] = choice.PrefillChunk,
        };
        try
        {
            Directory.CreateDirectory(folder);
            string part = FormattableString.Invariant($"{_path}.{Environment.ProcessId}.part");
            File.WriteAllText(part, all.ToJsonString());
            File.Move(part, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start times them again.
        }
    }

    private static double? Ratio(JsonObject entry, string name) =>
        entry[name] is JsonValue value && value.TryGetValue(out double ratio) && ratio is > 0 and < 1e6 ? ratio : null;

    private static int? Count(JsonObject entry, string name) =>
        entry[name] is JsonValue value && value.TryGetValue(out int count) && count is > 0 and <= MostCount ? count : null;

    // Leaf 0x80000002 and the two behind it spell the name (AMD64 manual, volume 3, appendix E); elsewhere the architecture must do.
    private static string Processor()
    {
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < 0x80000004)
        {
            return "";
        }

        Span<int> words = stackalloc int[12];
        for (int leaf = 0; leaf < 3; leaf++)
        {
            (words[leaf * 4], words[(leaf * 4) + 1], words[(leaf * 4) + 2], words[(leaf * 4) + 3]) = X86Base.CpuId(unchecked((int)(0x80000002 + leaf)), 0);
        }

        return System.Text.Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words)).Trim('\0', ' ');
    }

    private JsonObject Read()
    {
        try
        {
            FileInfo file = new(_path);
            return file.Exists && file.Length <= MostBytes && JsonNode.Parse(File.ReadAllBytes(_path)) is JsonObject found && !found.ContainsKey("") ? found : [];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return [];
        }
    }
}

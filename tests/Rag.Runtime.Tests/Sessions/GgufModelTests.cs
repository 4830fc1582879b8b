using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Models;
using Rag.Models.Architectures;
using Rag.Models.Formats.Gguf;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Packing;
using Rag.Runtime.Generation;
using Rag.Runtime.Sessions;
using Rag.Tests.Support;
using Rag.Tokenizers;

namespace Rag.Runtime.Tests.Sessions;

/// <summary>Logits of GGUF files against those of the reference implementation, with the tolerance of the files' README.</summary>
public sealed class GgufModelTests : IDisposable
{
    private const float Tolerance = 1e-4f;
    private readonly TemporaryFolder _cache = new();

    /// <summary>The folders whose family this build supports, and a few that are there in any case.</summary>
    public static TheoryData<string> Names
    {
        get
        {
            SortedSet<string> names = new(["llama-f16", "llama-f32", "llama-q4_0", "llama-q4_k_m", "llama3-rope-f16", "stories260k-q8_0"], StringComparer.Ordinal);
            if (SharedData.Find("fixtures", "gguf", "models") is { } root)
            {
                names.UnionWith(Directory.EnumerateDirectories(root).Where(IsSupported).Select(folder => Path.GetFileName(folder)));
            }

            return [.. names];
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AppendAll_of_the_prompt_gives_the_reference_logits(string name)
    {
        using OnnxDecoderModel model = Load(name, out SafetensorsFile expected, out JsonElement test);
        using (expected)
        {
            int[] ids = Ids(test, "input_ids");
            float[] reference = expected.ReadSingles(expected.Require("logits"));
            using IDecoderSession session = model.CreateSession();
            float[] logits = new float[ids.Length * model.VocabularySize];
            session.AppendAll(ids, logits);
            Assert.Equal(reference.Length, logits.Length);
            float largest = reference.Max(MathF.Abs);
            float error = reference.Zip(logits, (a, b) => MathF.Abs(a - b)).Max();
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: error {error:g3} at logits up to {largest:g3}");
            Assert.True(error <= Tolerance * largest, $"{error} is more than {Tolerance} of {largest}.");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Greedy_decoding_chooses_the_reference_tokens(string name)
    {
        using OnnxDecoderModel model = Load(name, out SafetensorsFile expected, out JsonElement test);
        using (expected)
        {
            int[] greedy = Ids(test, "greedy_ids");
            float[] margins = expected.ReadSingles(expected.Require("greedy_margin"));
            float largest = expected.ReadSingles(expected.Require("logits")).Max(MathF.Abs);
            using IDecoderSession session = model.CreateSession();
            ReadOnlySpan<float> logits = session.Append(Ids(test, "input_ids"));
            for (int i = 0; i < greedy.Length; i++)
            {
                // Below its own error an implementation may choose the other token, and then all that follows differs.
                if (margins[i] <= 2 * Tolerance * largest)
                {
                    Assert.True(i > 0, "The first margin is too small to compare anything.");
                    return;
                }

                Assert.Equal(greedy[i], System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits));
                logits = session.Append([greedy[i]]);
            }

            float[] last = expected.ReadSingles(expected.Require("last_logits_after_greedy"));
            for (int i = 0; i < last.Length; i++)
            {
                Assert.InRange(logits[i], last[i] - (Tolerance * largest), last[i] + (Tolerance * largest));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AppendAll_with_weights_as_they_are_stored_gives_the_reference_logits_without_a_copy_in_f32(string name)
    {
        RuntimeOptions packed = new() { Threads = 1, Weights = WeightPrecision.Stored, RoundActivations = false, CacheDirectory = _cache.FolderPath };
        using OnnxDecoderModel model = Load(name, out SafetensorsFile expected, out JsonElement test, packed);
        using (expected)
        {
            int[] ids = Ids(test, "input_ids");
            float[] reference = expected.ReadSingles(expected.Require("logits"));
            float largest = reference.Max(Math.Abs);
            using IDecoderSession session = model.CreateSession();
            float[] logits = new float[ids.Length * model.VocabularySize];
            session.AppendAll(ids, logits);
            Assert.Equal(reference, logits, (a, b) => Math.Abs(a - b) <= Tolerance * largest);
        }

        Assert.False(Directory.Exists(_cache.File("rag-gguf")));
        using SafetensorsFile file = SafetensorsFile.Open(Assert.Single(Directory.EnumerateFiles(_cache.FolderPath, "*.safetensors", SearchOption.AllDirectories)));
        using GgufFileSet source = GgufFileSet.Open(Path.Combine(SharedData.Require("fixtures", "gguf", "models", name), "model.gguf"));
        foreach ((string type, string suffix) in (ReadOnlySpan<(string, string)>)[("Q4_0", "/int4"), ("Q8_0", "/int8")])
        {
            bool stored = source.Tensors.Any(tensor => tensor.TypeName == type && !tensor.Name.StartsWith("token_embd", StringComparison.Ordinal));
            Assert.True(!stored || file.Tensors.Any(tensor => tensor.Name.EndsWith(suffix, StringComparison.Ordinal)), $"No matrix of {type} stayed so.");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_tokenizer_in_the_metadata_gives_the_ids_of_the_prompt(string name)
    {
        string folder = SharedData.Require("fixtures", "gguf", "models", name);
        using JsonDocument test = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        Tokenizer tokenizer = FolderTokenizer.Load(ModelFolder.Open(Path.Combine(folder, "model.gguf")));
        int[] expected = Ids(test.RootElement, "input_ids");
        Assert.Equal(expected, tokenizer.Encode(test.RootElement.GetProperty("prompt_text").GetString()!).Ids.Take(expected.Length));
    }

    [Fact]
    public async Task A_chat_client_answers_from_a_GGUF_file()
    {
        string path = SharedData.Require("fixtures", "gguf", "models", "stories260k-q8_0", "model.gguf");
        using LocalChatClient client = LocalChatClient.Load(ModelFolder.Open(path, new GgufOptions { CacheDirectory = _cache.FolderPath }));
        ChatResponse response = await client.GetResponseAsync("Tell me a story.", new ChatOptions { MaxOutputTokens = 16 });
        Assert.True(response.Text.Length > 16, response.Text);
        Assert.Equal("model.gguf", response.ModelId);
    }

    public void Dispose() => _cache.Dispose();

    private OnnxDecoderModel Load(string name, out SafetensorsFile expected, out JsonElement test, RuntimeOptions? options = null)
    {
        string folder = SharedData.Require("fixtures", "gguf", "models", name);
        expected = SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        test = document.RootElement.Clone();
        ModelFolder model = ModelFolder.Open(Path.Combine(folder, "model.gguf"), new GgufOptions { CacheDirectory = _cache.FolderPath });
        return OnnxDecoderModel.Load(model, options ?? new RuntimeOptions { Threads = 1 });
    }

    private static bool IsSupported(string folder) => ArchitectureCatalog.ModelTypes.Contains(ModelFolder.Open(Path.Combine(folder, "model.gguf")).ModelType);

    private static int[] Ids(JsonElement test, string key) => [.. test.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];
}

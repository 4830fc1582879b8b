using System.Globalization;
using System.Text.Json;

namespace Rag.Tests.Support;

/// <summary>
/// Writes a sentence encoder: a BERT of one layer and random weights, a WordPiece tokenizer that knows the letters and a few
/// words, and sentence-transformers' files in the form of older repositories.
/// </summary>
internal static class TinyBert
{
    public const int Hidden = 16;

    public static int VocabularySize => Vocabulary.Length;

    private static readonly string[] Vocabulary =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "lighthouse", "keeper", "harbour", "fire", "the", "of", ":",
        .. Enumerable.Range('a', 26).Select(c => ((char)c).ToString()),
        .. Enumerable.Range('a', 26).Select(c => "##" + (char)c),
    ];

    /// <param name="folder">Where to.</param>
    /// <param name="cls">Whether the vector is that of [CLS], as bge's and arctic-embed's are; else the mean.</param>
    /// <param name="prompts">config_sentence_transformers.json; null for one that states no prompts.</param>
    /// <param name="modules">Whether sentence-transformers' files are there at all.</param>
    /// <param name="head">More keys of config.json, and the shapes of the tensors of a head; null for none.</param>
    public static void Write(string folder, bool cls = false, string? prompts = null, bool modules = true, (string Keys, (string Name, long[] Shape)[] Tensors)? head = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu", "layer_norm_eps": 1e-12, "pad_token_id": 0,
              "hidden_size": {{Hidden}}, "intermediate_size": {{2 * Hidden}}, "num_attention_heads": 2, "num_hidden_layers": 1,
              "max_position_embeddings": 64, "type_vocab_size": 2, "vocab_size": {{Vocabulary.Length}}
              {{(head is null ? "" : "," + head.Value.Keys)}}
            }
            """));
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), Weights(head?.Tensors ?? []));
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer());
        if (!modules)
        {
            return;
        }

        File.WriteAllText(Path.Combine(folder, "modules.json"), """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
            """);
        Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
        string on = cls ? "true" : "false", off = cls ? "false" : "true";
        File.WriteAllText(
            Path.Combine(folder, "1_Pooling", "config.json"),
            $$"""{"word_embedding_dimension": {{Hidden}}, "pooling_mode_cls_token": {{on}}, "pooling_mode_mean_tokens": {{off}}, "pooling_mode_max_tokens": false, "pooling_mode_mean_sqrt_len_tokens": false}""");
        File.WriteAllText(Path.Combine(folder, "sentence_bert_config.json"), """{"max_seq_length": 32, "do_lower_case": true}""");
        File.WriteAllText(Path.Combine(folder, "config_sentence_transformers.json"), prompts ?? """{"__version__": {"sentence_transformers": "2.2.2"}}""");
    }

    private static List<(string Name, long[] Shape, float[] Values)> Weights((string Name, long[] Shape)[] head)
    {
        Random random = new(7);
        List<(string, long[], float[])> tensors = [];
        Matrix("embeddings.word_embeddings.weight", Vocabulary.Length, Hidden);
        Matrix("embeddings.position_embeddings.weight", 64, Hidden);
        Matrix("embeddings.token_type_embeddings.weight", 2, Hidden);
        Norm("embeddings.LayerNorm");
        const string layer = "encoder.layer.0.";
        Linear(layer + "attention.self.query", Hidden, Hidden);
        Linear(layer + "attention.self.key", Hidden, Hidden);
        Linear(layer + "attention.self.value", Hidden, Hidden);
        Linear(layer + "attention.output.dense", Hidden, Hidden);
        Norm(layer + "attention.output.LayerNorm");
        Linear(layer + "intermediate.dense", 2 * Hidden, Hidden);
        Linear(layer + "output.dense", Hidden, 2 * Hidden);
        Norm(layer + "output.LayerNorm");
        tensors.AddRange(head.Select(tensor => (tensor.Name, tensor.Shape, Values((int)tensor.Shape.Aggregate(1L, (count, size) => count * size), 0))));
        return tensors;

        void Matrix(string name, int rows, int columns) => tensors.Add((name, [rows, columns], Values(rows * columns, 0)));

        void Linear(string name, int rows, int columns)
        {
            Matrix(name + ".weight", rows, columns);
            tensors.Add((name + ".bias", [rows], Values(rows, 0)));
        }

        void Norm(string name)
        {
            tensors.Add((name + ".weight", [Hidden], Values(Hidden, 1)));
            tensors.Add((name + ".bias", [Hidden], Values(Hidden, 0)));
        }

        float[] Values(int count, float mean) => [.. Enumerable.Range(0, count).Select(_ => mean + (float)(random.NextDouble() - 0.5))];
    }

    private static string Tokenizer() => JsonSerializer.Serialize(new
    {
        version = "1.0",
        truncation = (object?)null,
        padding = (object?)null,
        added_tokens = Vocabulary.Take(5).Select((content, id) => new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }),
        normalizer = new { type = "BertNormalizer", clean_text = true, handle_chinese_chars = true, strip_accents = (object?)null, lowercase = true },
        pre_tokenizer = new { type = "BertPreTokenizer" },
        post_processor = new
        {
            type = "TemplateProcessing",
            single = new object[] { Special("[CLS]"), new { Sequence = new { id = "A", type_id = 0 } }, Special("[SEP]") },
            pair = new object[] { Special("[CLS]"), new { Sequence = new { id = "A", type_id = 0 } }, Special("[SEP]"), new { Sequence = new { id = "B", type_id = 1 } }, Special("[SEP]") },
            special_tokens = new Dictionary<string, object>
            {
                ["[CLS]"] = new { id = "[CLS]", ids = new[] { 2 }, tokens = new[] { "[CLS]" } },
                ["[SEP]"] = new { id = "[SEP]", ids = new[] { 3 }, tokens = new[] { "[SEP]" } },
            },
        },
        decoder = new { type = "WordPiece", prefix = "##", cleanup = true },
        model = new
        {
            type = "WordPiece",
            unk_token = "[UNK]",
            continuing_subword_prefix = "##",
            max_input_chars_per_word = 100,
            vocab = Vocabulary.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id),
        },
    });

    private static object Special(string token) => new { SpecialToken = new { id = token, type_id = 0 } };
}

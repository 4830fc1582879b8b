using System.Globalization;

namespace Rag.Tests.Support;

/// <summary>Writes a folder with a one-layer BERT of random weights and a word-level tokenizer with [CLS] and [SEP].</summary>
internal static class TinyEncoder
{
    public const int Hidden = 24;

    /// <summary>The words that the tokenizer knows, from <see cref="FirstWord"/> on.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Enumerable.Range(0, 60).Select(i => string.Create(CultureInfo.InvariantCulture, $"w{i}"))];

    public const int FirstWord = 6;

    public static int Vocabulary => FirstWord + Words.Count;

    public static void Write(string folder, int seed = 1)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "architectures": ["BertModel"], "model_type": "bert", "vocab_size": {{Vocabulary}}, "hidden_size": {{Hidden}},
              "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "max_position_embeddings": 32,
              "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu", "pad_token_id": 0
            }
            """));
        string[] tokens = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words];
        string vocabulary = string.Join(',', tokens.Select((token, id) => $"\"{token}\":{id}"));
        File.WriteAllText(
            Path.Combine(folder, "tokenizer.json"),
            "{\"added_tokens\":[],\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"WhitespaceSplit\"},\"decoder\":null,"
            + "\"post_processor\":{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",4],\"cls\":[\"[CLS]\",3]},"
            + "\"model\":{\"type\":\"WordLevel\",\"unk_token\":\"[UNK]\",\"vocab\":{" + vocabulary + "}}}");

        Random random = new(seed);
        List<(string, long[], float[])> tensors = [];
        Matrix("embeddings.word_embeddings.weight", Vocabulary, Hidden, 1);
        Matrix("embeddings.position_embeddings.weight", 32, Hidden, .1);
        Matrix("embeddings.token_type_embeddings.weight", 2, Hidden, .1);
        Norm("embeddings.LayerNorm");
        const string Layer = "encoder.layer.0.";
        Linear(Layer + "attention.self.query", Hidden, Hidden);
        Linear(Layer + "attention.self.key", Hidden, Hidden);
        Linear(Layer + "attention.self.value", Hidden, Hidden);
        Linear(Layer + "attention.output.dense", Hidden, Hidden);
        Norm(Layer + "attention.output.LayerNorm");
        Linear(Layer + "intermediate.dense", 32, Hidden);
        Linear(Layer + "output.dense", Hidden, 32);
        Norm(Layer + "output.LayerNorm");
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);

        void Linear(string name, int rows, int columns)
        {
            Matrix(name + ".weight", rows, columns, 1 / Math.Sqrt(columns));
            tensors.Add((name + ".bias", [rows], new float[rows]));
        }

        void Matrix(string name, int rows, int columns, double deviation) =>
            tensors.Add((name, [rows, columns], [.. Enumerable.Range(0, rows * columns).Select(_ => (float)(deviation * Gauss()))]));

        void Norm(string name)
        {
            tensors.Add((name + ".weight", [Hidden], [.. Enumerable.Repeat(1f, Hidden)]));
            tensors.Add((name + ".bias", [Hidden], new float[Hidden]));
        }

        double Gauss() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>Texts of a few random words.</summary>
    public static string[] Texts(int count, int seed = 7)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(4, 24)).Select(_ => Words[random.Next(Words.Count)])))];
    }
}

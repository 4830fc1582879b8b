using System.Text.Json;

namespace Rag.Tests.Support;

/// <summary>
/// Writes a whole chat model: a <see cref="TinyLlama"/> of random weights with a tokenizer.json (byte-level BPE, one token
/// per byte) and a chat template in ChatML form. Small and fast, and talks nonsense, unless it is told what to say.
/// </summary>
internal static class TinyChatModel
{
    public const string Template =
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    /// <summary>The special tokens; their ids are their indices.</summary>
    public static readonly string[] Specials = ["<pad>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"];

    /// <param name="folder">Where to.</param>
    /// <param name="seed">Of the weights.</param>
    /// <param name="maxPositions">Context window.</param>
    /// <param name="template">Chat template.</param>
    /// <param name="says">Pieces of text, each one token, that the model says one after the other to whatever it is asked.</param>
    public static void Write(string folder, int seed = 1, int maxPositions = 512, string? template = Template, params string[] says)
    {
        // The prompt ends with a line break; from there to each piece, and from the last to the end of the turn.
        int[] chain = [LineBreak, .. Enumerable.Range(FirstPiece, says.Length), Array.IndexOf(Specials, "<|im_end|>")];
        Dictionary<int, int>? follows = says.Length == 0 ? null : chain.Zip(chain.Skip(1)).ToDictionary(pair => pair.First, pair => pair.Second);
        TinyLlama.Write(folder, seed, vocabSize: FirstPiece + Math.Max(3, says.Length), maxPositions: maxPositions, follows: follows);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer(says));
        File.WriteAllText(
            Path.Combine(folder, "tokenizer_config.json"),
            JsonSerializer.Serialize(new { bos_token = "<s>", eos_token = "<|im_end|>", pad_token = "<pad>", chat_template = template }));
    }

    // The specials, then one token per byte; in the order of the bytes.
    private const int FirstPiece = 5 + 256;

    private static int LineBreak => Specials.Length + '\n';

    /// <summary>The tokenizer.json.</summary>
    public static string Tokenizer(params string[] says)
    {
        Dictionary<string, int> vocabulary = [];
        foreach (string special in Specials)
        {
            vocabulary.Add(special, vocabulary.Count);
        }

        // GPT-2's table: printable bytes are themselves, the others follow U+0100.
        int other = 0;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            vocabulary.Add(((char)(printable ? b : 256 + other++)).ToString(), vocabulary.Count);
        }

        object byteLevel = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true };
        return JsonSerializer.Serialize(new
        {
            version = "1.0",
            truncation = (object?)null,
            padding = (object?)null,
            added_tokens = Specials.Select((content, id) => AddedToken(id, content, special: true))
                .Concat(says.Select((content, i) => AddedToken(FirstPiece + i, content, special: false))),
            normalizer = (object?)null,
            pre_tokenizer = byteLevel,
            post_processor = (object?)null,
            decoder = byteLevel,
            model = new
            {
                type = "BPE",
                dropout = (object?)null,
                unk_token = (object?)null,
                continuing_subword_prefix = (object?)null,
                end_of_word_suffix = (object?)null,
                fuse_unk = false,
                byte_fallback = false,
                vocab = vocabulary,
                merges = Array.Empty<string>(),
            },
        });
    }
    private static object AddedToken(int id, string content, bool special) =>
        new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special };
}

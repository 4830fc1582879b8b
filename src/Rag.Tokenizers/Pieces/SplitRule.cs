using Rag.Tokenizers.Normalization;
using Rag.Tokenizers.PreTokenization;

namespace Rag.Tokenizers.Pieces;

/// <summary>The split rules that tokenizer.ggml.pre names (ggml-org/llama.cpp, src/llama-vocab.cpp), written as the models' own tokenizer.json have them.</summary>
internal sealed record SplitRule
{
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Cl100kStart = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|";
    private const string Cl100kEnd = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    public const string Cl100k = Cl100kStart + @"\p{N}{1,3}" + Cl100kEnd;
    public const string Qwen = Cl100kStart + @"\p{N}" + Cl100kEnd;
    public const string O200k = Lead + Upper + "*" + Lower + "+" + Suffix + "|" + Lead + Upper + "+" + Lower + "*" + Suffix + @"|\p{N}{1,3}" + O200kEnd;
    private const string Upper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";
    private const string O200kEnd = @"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Suffix = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
    private const string Lead = @"[^\r\n\p{L}\p{N}]?";

    /// <summary>Rules in order, each splitting what the one before it left.</summary>
    public required string[] Patterns { get; init; }

    public bool IgnoreMerges { get; init; }

    public bool AddBegin { get; init; }

    public INormalizer? Normalizer { get; init; }

    public static SplitRule Named(string? name, string location) => name switch
    {
        null or "" or "gpt-2" or "phi-2" or "jina-es" or "jina-de" or "jina-v2-es" or "jina-v2-de" or "mpt" or "olmo" or "jais" or "roberta-bpe" or "gpt-neox" or "modern-bert" or "mellum" or "a.x-4.0"
            => new() { Patterns = [Gpt2] },
        "llama3" or "llama-v3" or "llama-bpe" or "falcon3" or "falcon-h1" or "pixtral" or "lfm2" or "midm-2.0"
            => new() { Patterns = [Cl100k], IgnoreMerges = true, AddBegin = true },
        "dbrx" or "smaug-bpe" or "glm4" or "chatglm-bpe" => new() { Patterns = [Cl100k] },
        "qwen2" or "deepseek-r1-qwen" or "hunyuan" or "megrez" => new() { Patterns = [Qwen], Normalizer = new UnicodeNormalizer(compatible: false, compose: true) },
        "stablelm2" or "solar-open" => new() { Patterns = [Qwen] },
        "starcoder" or "refact" or "command-r" or "smollm" or "codeshell" or "exaone" or "minerva-7b" or "granite-docling" => new() { Patterns = [@"\p{N}", Gpt2] },
        "tekken" => new() { Patterns = [$"{Lead}{Upper}*{Lower}+|{Lead}{Upper}+{Lower}*|" + @"\p{N}" + O200kEnd], IgnoreMerges = true, AddBegin = true },
        "gpt-4o" or "llama4" or "o200k" => new() { Patterns = [O200k] },
        "deepseek-v3" or "deepseek-r1" => new()
        {
            Patterns =
            [
                @"\p{N}{1,3}",
                @"[一-龥぀-ゟ゠-ヿ]+",
                @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
            ],
        },
        "deepseek-coder" => new() { Patterns = [@"[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", @"[一-龥ࠀ-一가-퟿]+", @"\p{N}"] },
        "falcon" => new() { Patterns = [@"[\p{P}\$\+<=>\^~\|`]+", Gpt2, "[0-9][0-9][0-9]"] },
        "bloom" or "poro-chat" or "gpt3-finnish" => new() { Patterns = [@" ?[^(\s|.,!?…。，、।۔،)]+"] },
        "viking" => new() { Patterns = [@" ?[^(\s|.,!?…。，、।۔،)]+", @"\p{N}"] },
        _ => throw new UnsupportedException($"{location} names the split rule '{name}', which is not known here; a tokenizer.json of the model says what it is.", location),
    };

    /// <summary>The pre-tokenizers that do it.</summary>
    public IEnumerable<IPreTokenizer> Splits(string location) =>
        Patterns.Select(pattern => new SplitPreTokenizer(GptMatcher.For(pattern) ?? (ITextMatcher)RegexMatcher.Create(pattern, location), SplitBehavior.Isolated));
}

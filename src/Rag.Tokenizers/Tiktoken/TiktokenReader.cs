using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Rag.Tokenizers.AddedTokens;
using Rag.Tokenizers.Decoding;
using Rag.Tokenizers.Models;
using Rag.Tokenizers.Normalization;
using Rag.Tokenizers.PostProcessing;
using Rag.Tokenizers.PreTokenization;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Tiktoken;

/// <summary>
/// Reads tiktoken files (openai/tiktoken, load.py): a line for each token, its bytes in base64 and its rank, which is its id. Two
/// neighbours merge where both together are a token, the lowest rank first.
/// </summary>
internal static class TiktokenReader
{
    /// <summary>Longest token in bytes. Published vocabularies stay below 256.</summary>
    public const int MaxTokenBytes = 1024;

    public static Tokenizer Parse(ReadOnlySpan<byte> content, TiktokenOptions options, string location)
    {
        options.Validate();
        Dictionary<string, int> ranks = ReadRanks(content, location);
        ITextMatcher matcher;
        try
        {
            matcher = GptMatcher.For(options.Pattern) ?? (ITextMatcher)RegexMatcher.Create(options.Pattern, location);
        }
        catch (ArgumentException e)
        {
            throw new UnsupportedException($"The split rule given for {location} is written in a dialect that is not supported ({e.Message}).", location, e);
        }

        var vocabulary = new Vocabulary(ranks);
        var model = new BpeModel(vocabulary, Merges(ranks), new BpeOptions { IgnoreMerges = true }, location);
        UnicodeNormalizer? normalizer = options.Compose ? new UnicodeNormalizer(compatible: false, compose: true) : null;
        var added = new AddedVocabulary(
            options.SpecialTokens.Select(pair => new AddedToken(pair.Value, pair.Key, false, false, false, Normalized: false, Special: true)), vocabulary, normalizer);
        var preTokenizer = new SequencePreTokenizer([new SplitPreTokenizer(matcher, SplitBehavior.Isolated), new ByteLevelPreTokenizer(false, useRegex: false)]);
        return new Tokenizer(
            new EncodePipeline(added, normalizer, preTokenizer, model), Around(options), new DecoderPlan(() => [new ByteLevelStage()]), Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    private static PostProcessor Around(TiktokenOptions options)
    {
        SpecialToken[] begin = options.BeginToken is { } first ? [new SpecialToken(options.SpecialTokens[first], first, 0)] : [];
        SpecialToken[] end = options.EndToken is { } last ? [new SpecialToken(options.SpecialTokens[last], last, 0)] : [];
        return new PostProcessor([.. begin, PostProcessor.Text(0), .. end], [.. begin, PostProcessor.Text(0), PostProcessor.Text(1, second: true), .. end], null);
    }

    private static Dictionary<string, int> ReadRanks(ReadOnlySpan<byte> content, string location)
    {
        Dictionary<string, int> ranks = [];
        HashSet<int> seen = [];
        Span<byte> bytes = stackalloc byte[MaxTokenBytes];
        int number = 0;
        for (int at = 0; at < content.Length;)
        {
            int end = content[at..].IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = content.Slice(at, end < 0 ? content.Length - at : end).TrimEnd((byte)'\r');
            int lineStart = at;
            at = end < 0 ? content.Length : at + end + 1;
            number++;
            if (line.IsEmpty)
            {
                continue;
            }

            int space = line.IndexOf((byte)' ');
            if (space <= 0 || Base64.DecodeFromUtf8(line[..space], bytes, out _, out int count) != OperationStatus.Done || count == 0
                || !Utf8Parser.TryParse(line[(space + 1)..], out int rank, out int used) || used != line.Length - space - 1 || rank is < 0 or > Vocabulary.MaxId
                || !seen.Add(rank) || !ranks.TryAdd(Spell(bytes[..count]), rank))
            {
                throw new CorruptException(
                    string.Create(CultureInfo.InvariantCulture, $"{location} is not a sound tiktoken file: line {number} is not a new token in base64, of at most {MaxTokenBytes} bytes, and a new rank."),
                    location,
                    lineStart);
            }
        }

        foreach (char character in ByteAlphabet.Characters)
        {
            if (!ranks.ContainsKey(character.ToString()))
            {
                throw new CorruptException($"{location} is not a sound tiktoken file: it lacks a token for one of the 256 bytes.", location);
            }
        }

        return ranks;
    }

    private static string Spell(ReadOnlySpan<byte> bytes)
    {
        Span<char> characters = stackalloc char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            characters[i] = ByteAlphabet.Characters[bytes[i]];
        }

        return characters.ToString();
    }

    private static MergeTable Merges(Dictionary<string, int> ranks)
    {
        var lookup = ranks.GetAlternateLookup<ReadOnlySpan<char>>();
        List<(int Left, int Right, int Rank)> merges = [];
        foreach ((string token, int rank) in ranks)
        {
            for (int i = 1; i < token.Length; i++)
            {
                if (lookup.TryGetValue(token.AsSpan(0, i), out int left) && lookup.TryGetValue(token.AsSpan(i), out int right))
                {
                    merges.Add((left, right, rank));
                }
            }
        }

        var table = new MergeTable(merges.Count);
        foreach ((int left, int right, int rank) in merges)
        {
            table.Set(left, right, rank, rank);
        }

        return table;
    }
}

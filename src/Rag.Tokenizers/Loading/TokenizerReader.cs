using System.Security.Cryptography;
using System.Text.Json;
using Rag.Tokenizers.AddedTokens;
using Rag.Tokenizers.Decoding;
using Rag.Tokenizers.Models;
using Rag.Tokenizers.Normalization;
using Rag.Tokenizers.Pieces;
using Rag.Tokenizers.PostProcessing;
using Rag.Tokenizers.PreTokenization;
using Rag.Tokenizers.SentencePiece;

namespace Rag.Tokenizers.Loading;

/// <summary>Reads tokenizer.json, version 1.0, and finds the other files that hold a tokenizer.</summary>
internal static class TokenizerReader
{
    /// <summary>No known file is near it (Gemma 3, among the largest, has 33 MB).</summary>
    public const long MaxTokenizerFileBytes = 512L << 20;

    private static readonly string[] SentencePieceNames = ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model"];

    public static Tokenizer Load(string path)
    {
        string file = Directory.Exists(path) ? InFolder(path) : path;
        byte[] content = ReadFile(file);
        return file.EndsWith(".model", StringComparison.Ordinal) ? SentencePieceOf(content, file, false, false) : Parse(content, file);
    }

    public static Tokenizer SentencePieceOf(ReadOnlySpan<byte> content, string location, bool addBegin, bool addEnd) =>
        PiecesBuilder.Build(SentencePieceReader.Read(content, location, addBegin, addEnd));

    public static byte[] ReadFile(string file)
    {
        try
        {
            long length = new FileInfo(file).Length;
            if (length > MaxTokenizerFileBytes)
            {
                throw new LimitExceededException(nameof(MaxTokenizerFileBytes), MaxTokenizerFileBytes, length, file);
            }

            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The tokenizer '{file}' could not be read: {e.Message}", file, e);
        }
    }

    private static string InFolder(string folder)
    {
        string json = Path.Combine(folder, "tokenizer.json");
        return File.Exists(json) ? json
            : SentencePieceNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? json;
    }

    public static Tokenizer Parse(ReadOnlyMemory<byte> utf8Json, string location)
    {
        ReadOnlyMemory<byte> json = utf8Json.Span.StartsWith("\uFEFF"u8) ? utf8Json[3..] : utf8Json;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            var root = new JsonComponent(document.RootElement, "the file", location);
            root.RequireObject();
            return Build(root, Convert.ToHexStringLower(SHA256.HashData(utf8Json.Span)));
        }
        catch (JsonException e)
        {
            throw new CorruptException($"{location} is not sound JSON: {e.Message}", location, innerException: e);
        }
        catch (InvalidOperationException e)
        {
            throw new CorruptException($"{location} holds text that is not valid Unicode: {e.Message}", location, innerException: e);
        }
    }

    private static Tokenizer Build(JsonComponent root, string fingerprint)
    {
        INormalizer? normalizer = root.ChildOrNull("normalizer") is { } n ? NormalizerReader.Read(n) : null;
        IPreTokenizer? preTokenizer = root.ChildOrNull("pre_tokenizer") is { } p ? PreTokenizerReader.Read(p) : null;
        ITokenModel model = ModelReader.Read(root.Child("model"));
        PostProcessor postProcessor = root.ChildOrNull("post_processor") is { } o ? PostProcessorReader.Read(o) : PostProcessor.None;
        DecoderPlan decoder = root.ChildOrNull("decoder") is { } d ? DecoderReader.Read(d) : DecoderPlan.None;
        AddedToken[] tokens = root.ChildOrNull("added_tokens") is { } added ? [.. added.Items().Select(ReadAddedToken)] : [];
        var vocabulary = new AddedVocabulary(tokens, model.Vocabulary, normalizer);
        return new Tokenizer(new EncodePipeline(vocabulary, normalizer, preTokenizer, model), postProcessor, decoder, fingerprint)
        {
            StoredOptions = StoredOptionsReader.Read(root.ChildOrNull("truncation"), root.ChildOrNull("padding")),
        };
    }

    private static AddedToken ReadAddedToken(JsonComponent component) => new(
        component.Int("id", max: Vocabulary.MaxId),
        component.String("content"),
        component.Bool("single_word", false),
        component.Bool("lstrip", false),
        component.Bool("rstrip", false),
        component.Bool("normalized", true),
        component.Bool("special", false));
}

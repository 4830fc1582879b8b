using Rag.Tokenizers.Decoding;
using Rag.Tokenizers.PreTokenization;

namespace Rag.Tokenizers.Loading;

/// <summary>Reads the decoder of a tokenizer.json.</summary>
internal static class DecoderReader
{
    public static DecoderPlan Read(JsonComponent component)
    {
        switch (component.Type)
        {
            case "ByteLevel":
                return new DecoderPlan(() => [new ByteLevelStage()]);
            case "WordPiece":
                string prefix = component.StringOrNull("prefix") ?? "##";
                bool cleanup = component.Bool("cleanup", true);
                return new DecoderPlan(() => [new WordPieceStage(prefix, cleanup)]);
            case "BPEDecoder":
                string suffix = component.StringOrNull("suffix") ?? "</w>";
                return new DecoderPlan(() => [new SuffixStage(suffix)]);
            case "Metaspace":
                char mark = component.Character("replacement");
                bool prepended = PreTokenizerReader.Scheme(component) != MetaspacePreTokenizer.Scheme.Never;
                return new DecoderPlan(() => [new MetaspaceStage(mark, prepended)]);
            case "ByteFallback":
                return new DecoderPlan(() => [new ByteFallbackStage()]);
            case "Fuse":
                return new DecoderPlan(() => [new FuseStage()]);
            case "Strip":
                char content = component.Character("content");
                int start = component.Int("start", 0);
                int stop = component.Int("stop", 0);
                return new DecoderPlan(() => [new StripStage(content, start, stop)]);
            case "Replace":
                ITextMatcher matcher = PatternReader.Read(component, "pattern", out string? literal);
                string replacement = component.String("content");
                return new DecoderPlan(() => [new ReplaceStage(matcher, replacement, literal?.Length == 1)]);
            case "CTC":
                string pad = component.StringOrNull("pad_token") ?? "<pad>";
                string delimiter = component.StringOrNull("word_delimiter_token") ?? "|";
                bool clean = component.Bool("cleanup", true);
                return new DecoderPlan(() => [new CtcStage(pad, delimiter, clean)]);
            case "Sequence":
                DecoderPlan[] plans = [.. component.Child("decoders").Items().Select(Read)];
                return new DecoderPlan(() => plans.SelectMany(plan => plan.Create()));
            default:
                throw component.Unsupported($"a decoder of type '{component.Type}'");
        }
    }
}

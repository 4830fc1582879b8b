using Rag.Tokenizers.Normalization;
using Rag.Tokenizers.PreTokenization;

namespace Rag.Tokenizers.Loading;

/// <summary>Reads the normalizer of a tokenizer.json.</summary>
internal static class NormalizerReader
{
    public static INormalizer Read(JsonComponent component)
    {
        switch (component.Type)
        {
            case "BertNormalizer":
                bool lowercase = component.Bool("lowercase", true);
                return new BertNormalizer(
                    component.Bool("clean_text", true),
                    component.Bool("handle_chinese_chars", true),
                    component.Bool("strip_accents", lowercase),
                    lowercase);
            case "Sequence":
                return new SequenceNormalizer([.. component.Child("normalizers").Items().Select(Read)]);
            case "NFC":
                return new UnicodeNormalizer(compatible: false, compose: true);
            case "NFD":
                return UnicodeNormalizer.Decomposition;
            case "NFKC":
                return new UnicodeNormalizer(compatible: true, compose: true);
            case "NFKD":
                return new UnicodeNormalizer(compatible: true, compose: false);
            case "Lowercase":
                return new LowercaseNormalizer();
            case "Strip":
                return new StripNormalizer(component.Bool("strip_left", true), component.Bool("strip_right", true));
            case "StripAccents":
                return FilterNormalizer.StripAccents;
            case "Nmt":
                return FilterNormalizer.Nmt;
            case "Prepend":
                return new PrependNormalizer(component.String("prepend"));
            case "Precompiled":
                return new PrecompiledNormalizer(Charsmap(component));
            case "Replace":
                ITextMatcher matcher = PatternReader.Read(component, "pattern", out _);
                return new ReplaceNormalizer(matcher, component.String("content"));
            case "ByteLevel":
                return new ByteLevelNormalizer();
            default:
                throw component.Unsupported($"a normalizer of type '{component.Type}'");
        }
    }

    private static Charsmap Charsmap(JsonComponent component)
    {
        try
        {
            return Normalization.Charsmap.Read(Convert.FromBase64String(component.String("precompiled_charsmap")), component.Location);
        }
        catch (FormatException e)
        {
            throw new CorruptException($"{component.Location}: the precompiled_charsmap of {component.Path} is not sound base64.", component.Location, innerException: e);
        }
    }
}

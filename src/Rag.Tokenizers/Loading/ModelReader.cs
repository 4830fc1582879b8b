using System.Globalization;
using System.Text.Json;
using Rag.Tokenizers.Models;

namespace Rag.Tokenizers.Loading;

/// <summary>Reads the model of a tokenizer.json. Old files leave its type out; then its fields tell.</summary>
internal static class ModelReader
{
    private const char Mark = '\u2581';

    public static ITokenModel Read(JsonComponent component)
    {
        string type = component.StringOrNull("type") ?? Guess(component);
        switch (type)
        {
            case "BPE":
                return ReadBpe(component);
            case "WordPiece":
                return new WordPieceModel(
                    ReadVocabulary(component.Child("vocab")),
                    component.StringOrNull("unk_token") ?? "[UNK]",
                    component.StringOrNull("continuing_subword_prefix") ?? "##",
                    component.Int("max_input_chars_per_word", 100),
                    component.Location);
            case "WordLevel":
                return new WordLevelModel(ReadVocabulary(component.Child("vocab")), component.StringOrNull("unk_token") ?? "<unk>", component.Location);
            case "Unigram":
                return ReadUnigram(component);
            default:
                throw component.Unsupported($"a model of type '{type}'");
        }
    }

    private static string Guess(JsonComponent component) =>
        component.Has("merges") ? "BPE"
        : component.Child("vocab").Element.ValueKind == JsonValueKind.Array ? "Unigram"
        : component.Has("continuing_subword_prefix") ? "WordPiece"
        : "WordLevel";

    private static Vocabulary ReadVocabulary(JsonComponent component)
    {
        component.RequireObject();
        var ids = new Dictionary<string, int>(component.Element.GetPropertyCount());
        foreach (JsonProperty property in component.Element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out int id) || id is < 0 or > Vocabulary.MaxId)
            {
                throw component.Corrupt($"must give '{property.Name}' a whole number from 0 to {Vocabulary.MaxId.ToString(CultureInfo.InvariantCulture)}");
            }

            ids[property.Name] = id;
        }

        return new Vocabulary(ids);
    }

    private static BpeModel ReadBpe(JsonComponent component)
    {
        Vocabulary vocabulary = ReadVocabulary(component.Child("vocab"));
        var options = new BpeOptions
        {
            UnknownToken = component.StringOrNull("unk_token"),
            ContinuingSubwordPrefix = component.StringOrNull("continuing_subword_prefix") ?? "",
            EndOfWordSuffix = component.StringOrNull("end_of_word_suffix") ?? "",
            FuseUnknown = component.Bool("fuse_unk", false),
            ByteFallback = component.Bool("byte_fallback", false),
            IgnoreMerges = component.Bool("ignore_merges", false),
        };
        JsonComponent list = component.Child("merges");
        if (list.Element.ValueKind != JsonValueKind.Array)
        {
            throw list.Corrupt("must be a list");
        }

        var merges = new MergeTable(list.Element.GetArrayLength());
        bool marked = !options.IgnoreMerges && options.ContinuingSubwordPrefix.Length == 0 && options.EndOfWordSuffix.Length == 0
            && vocabulary.Find([Mark]) >= 0;
        int rank = 0;
        foreach (JsonElement element in list.Element.EnumerateArray())
        {
            (string left, string right) = ReadMerge(list, element, rank);
            string merged = left + (right.StartsWith(options.ContinuingSubwordPrefix, StringComparison.Ordinal) ? right[options.ContinuingSubwordPrefix.Length..] : right);
            merges.Set(Find(left), Find(right), rank, Find(merged));
            marked = marked && !ReachesAcrossMark(merged);
            rank++;
        }

        return new BpeModel(vocabulary, merges, options, component.Location, marked ? Mark : '\0');

        int Find(string token)
        {
            int id = vocabulary.Find(token);
            return id >= 0 ? id : throw list.Corrupt($"[{rank.ToString(CultureInfo.InvariantCulture)}] speaks of the token '{token}', which the vocabulary lacks");
        }
    }

    private static UnigramModel ReadUnigram(JsonComponent component)
    {
        JsonComponent list = component.Child("vocab");
        List<UnigramPiece> pieces = [];
        foreach (JsonComponent item in list.Items())
        {
            JsonElement element = item.Element;
            if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() != 2
                || element[0].ValueKind != JsonValueKind.String || element[1].ValueKind != JsonValueKind.Number
                || !element[1].TryGetDouble(out double score) || !double.IsFinite(score) || pieces.Count > Vocabulary.MaxId)
            {
                throw item.Corrupt("is not a piece and its score");
            }

            string text = element[0].GetString()!;
            pieces.Add(new UnigramPiece(text, pieces.Count, score));
        }

        var options = new UnigramOptions { UnknownId = -1, ByteFallback = component.Bool("byte_fallback", false) };
        if (component.ChildOrNull("unk_id") is { } unknown)
        {
            options = options with { UnknownId = unknown.AsInt(0, pieces.Count - 1) };
        }

        return new UnigramModel(new Vocabulary([.. pieces.Select(piece => piece.Text)]), pieces, options, component.Location);
    }

    private static (string Left, string Right) ReadMerge(JsonComponent list, JsonElement element, int rank)
    {
        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 2
            && element[0].ValueKind == JsonValueKind.String && element[1].ValueKind == JsonValueKind.String)
        {
            return (element[0].GetString()!, element[1].GetString()!);
        }

        if (element.ValueKind == JsonValueKind.String)
        {
            string text = element.GetString()!;
            int space = text.IndexOf(' ', StringComparison.Ordinal);
            if (space >= 0 && text.IndexOf(' ', space + 1) < 0)
            {
                return (text[..space], text[(space + 1)..]);
            }
        }

        throw list.Corrupt($"[{rank.ToString(CultureInfo.InvariantCulture)}] is not a pair of tokens");
    }

    private static bool ReachesAcrossMark(string token)
    {
        for (int i = 1; i < token.Length; i++)
        {
            if (token[i] == Mark && token[i - 1] != Mark)
            {
                return true;
            }
        }

        return false;
    }
}

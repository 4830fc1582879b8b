using System.Text.Json;
using Rag.Documents;
using Rag.Tests.Support;

namespace Rag.Tokenizers.Tests.Fixtures;

/// <summary>Pairs, truncation, windows and padding, as the reference implementation gives them.</summary>
public sealed class PairFixtureTests
{
    public static TheoryData<string> Names() => [.. FixtureTokenizers.Names().Where(name => File(name) is not null)];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void Pairs_windows_and_padding_equal_the_reference(string name)
    {
        Tokenizer tokenizer = FixtureTokenizers.Require(name);
        var faults = new Faults();
        foreach (JsonElement line in FixtureTokenizers.Lines(File(name)!))
        {
            EncodeOptions options = Options(line);
            faults.Begin(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"case {line.GetProperty("id").GetInt32()}"));
            if (line.TryGetProperty("batch", out JsonElement batch))
            {
                Encoding[] encodings = [.. batch[0].ValueKind == JsonValueKind.String
                    ? tokenizer.EncodeBatch([.. batch.EnumerateArray().Select(text => text.GetString()!)], options)
                    : tokenizer.EncodeBatch([.. batch.EnumerateArray().Select(pair => (pair[0].GetString()!, pair[1].GetString()!))], options)];
                JsonElement[] expected = [.. line.GetProperty("encodings").EnumerateArray()];
                faults.Compare("batch size", [expected.Length], [encodings.Length]);
                foreach ((JsonElement wanted, Encoding got) in expected.Zip(encodings))
                {
                    Compare(faults, "batch", wanted, got);
                }

                continue;
            }

            string first = line.GetProperty("a").GetString()!;
            string? second = line.GetProperty("b").GetString();
            if (line.TryGetProperty("error", out JsonElement error))
            {
                Exception? failure = Record.Exception(() => Encode(tokenizer, first, second, options));
                Type kind = error.GetString()!.Contains("stride", StringComparison.Ordinal) ? typeof(ArgumentOutOfRangeException) : typeof(LimitExceededException);
                faults.Compare("error", [kind], [failure?.GetType()]);
                continue;
            }

            Encoding encoding = Encode(tokenizer, first, second, options);
            Compare(faults, "encoding", line.GetProperty("encoding"), encoding);
            JsonElement[] overflowing = [.. line.GetProperty("overflowing").EnumerateArray()];
            faults.Compare("windows", [overflowing.Length], [encoding.Overflowing.Count]);
            foreach ((JsonElement wanted, Encoding got) in overflowing.Zip(encoding.Overflowing))
            {
                Compare(faults, "window", wanted, got, checkTypes: false);

                // The reference leaves the windows of the second text of RoBERTa and T5 at type 1, which those models have no
                // row for. Here a window has the types that the kept encoding has.
                faults.Compare("window.type_ids of the kept", Types(encoding, encoding), Types(got, encoding));
            }
        }

        faults.Assert();
    }

    private static string? File(string name)
    {
        string stem = name.StartsWith("synthetic/", StringComparison.Ordinal) ? name + "/pairs.jsonl" : name + ".pairs.jsonl";
        return SharedData.Find("fixtures", "tokenizers", stem) ?? SharedData.Find("fixtures", "tokenizers", stem + ".gz");
    }

    private static Encoding Encode(Tokenizer tokenizer, string first, string? second, EncodeOptions options) =>
        second is null ? tokenizer.Encode(first, options) : tokenizer.Encode(first, second, options);

    private static IEnumerable<(int?, int)> Types(Encoding encoding, Encoding kept) =>
        encoding.SequenceIds.Zip(encoding.TypeIds).Where(item => item.First is { } sequence && kept.SequenceIds.Contains(sequence)).Distinct().OrderBy(item => item.First);

    private static void Compare(Faults faults, string kind, JsonElement wanted, Encoding got, bool checkTypes = true)
    {
        faults.Compare(kind + ".ids", Ints(wanted, "ids"), got.Ids.Select(i => (int?)i));
        if (checkTypes)
        {
            faults.Compare(kind + ".type_ids", Ints(wanted, "type_ids"), got.TypeIds.Select(i => (int?)i));
        }

        faults.Compare(kind + ".attention_mask", Ints(wanted, "attention_mask"), got.AttentionMask.Select(m => (int?)(m ? 1 : 0)));
        faults.Compare(kind + ".special_mask", Ints(wanted, "special_mask"), got.SpecialMask.Select(m => (int?)(m ? 1 : 0)));
        faults.Compare(kind + ".sequence_ids", Ints(wanted, "sequence_ids"), got.SequenceIds);
        faults.Compare(kind + ".word_ids", Ints(wanted, "word_ids"), got.WordIds);
        faults.Compare(kind + ".offsets16", Ints(wanted, "offsets16").Chunk(2).Select(pair => new TextRange(pair[0]!.Value, pair[1]!.Value)), got.Offsets);
    }

    private static EncodeOptions Options(JsonElement line)
    {
        JsonElement? cut = Object(line, "truncation");
        JsonElement? fill = Object(line, "padding");
        return new EncodeOptions
        {
            AddSpecialTokens = line.GetProperty("add_special").GetBoolean(),
            MaxTokens = cut?.GetProperty("max_length").GetInt32(),
            Truncation = cut?.GetProperty("strategy").GetString() switch
            {
                "only_first" => TruncationStrategy.OnlyFirst,
                "only_second" => TruncationStrategy.OnlySecond,
                _ => TruncationStrategy.LongestFirst,
            },
            TruncationSide = Side(cut),
            Windows = true,
            WindowOverlap = cut?.GetProperty("stride").GetInt32() ?? 0,
            Padding = fill is not { } padding ? null : new PaddingOptions
            {
                Id = padding.GetProperty("pad_id").GetInt32(),
                Token = padding.GetProperty("pad_token").GetString()!,
                TypeId = padding.TryGetProperty("pad_type_id", out JsonElement type) ? type.GetInt32() : 0,
                Length = padding.TryGetProperty("length", out JsonElement length) ? length.GetInt32() : null,
                MultipleOf = padding.TryGetProperty("pad_to_multiple_of", out JsonElement multiple) ? multiple.GetInt32() : null,
                Side = Side(fill),
            },
        };
    }

    private static TextSide Side(JsonElement? options) =>
        options is { } element && element.TryGetProperty("direction", out JsonElement side) && side.GetString() == "left" ? TextSide.Start : TextSide.End;

    private static JsonElement? Object(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static IEnumerable<int?> Ints(JsonElement element, string field) =>
        element.GetProperty(field).EnumerateArray().Select(i => i.ValueKind == JsonValueKind.Null ? (int?)null : i.GetInt32());
}

using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Rag.Evaluation.Datasets;

/// <summary>
/// Reads question sets in SQuAD's JSON form (SQuAD 1.1 and 2.0, KorQuAD 1.0): data, paragraphs, qas, answers. The file may be
/// gzipped. The form is one JSON value, so the file is in memory while it is read; <see cref="DatasetOptions.MaxBytes"/> bounds it.
/// </summary>
public static class SquadDataset
{
    /// <summary>The paragraphs, in the file's order.</summary>
    /// <exception cref="CorruptException">The file is not what the form demands.</exception>
    /// <exception cref="LimitExceededException">A limit of <paramref name="options"/> was passed.</exception>
    /// <exception cref="UnavailableException">The file cannot be opened.</exception>
    public static async IAsyncEnumerable<QuestionParagraph> ReadAsync(
        string path, DatasetOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using JsonDocument json = await ParseAsync(path, options ?? new(), cancellationToken).ConfigureAwait(false);
        foreach (JsonElement article in Array(json.RootElement, "data", path))
        {
            string title = article.ValueKind == JsonValueKind.Object && article.TryGetProperty("title", out JsonElement stated) && stated.ValueKind == JsonValueKind.String ? Decoded(stated, path) : "";
            int ordinal = 0;
            foreach (JsonElement paragraph in Array(article, "paragraphs", path))
            {
                yield return new(title, ordinal++, Text(paragraph, "context", path), [.. Array(paragraph, "qas", path).Select(question => Question(question, path))]);
            }
        }
    }

    private static AnsweredQuestion Question(JsonElement question, string path)
    {
        bool impossible = question.ValueKind == JsonValueKind.Object && question.TryGetProperty("is_impossible", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
        return new(Text(question, "id", path), Text(question, "question", path), [.. Array(question, "answers", path).Select(answer => Answer(answer, path))], impossible);
    }

    private static GoldAnswer Answer(JsonElement answer, string path) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("answer_start", out JsonElement start) && start.ValueKind == JsonValueKind.Number && start.TryGetInt32(out int offset)
            ? new(Text(answer, "text", path), offset)
            : throw Damaged(path, "an answer without answer_start");

    private static async Task<JsonDocument> ParseAsync(string path, DatasetOptions options, CancellationToken cancellationToken)
    {
        Stream stream = DatasetFile.Open(path, options);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                return await JsonDocument.ParseAsync(stream, default, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is JsonException or InvalidDataException or IOException)
            {
                throw new CorruptException($"{path} is not sound: {error.Message}", path, innerException: error);
            }
        }
    }

    private static JsonElement.ArrayEnumerator Array(JsonElement owner, string name, string path) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : throw Damaged(path, $"no array \"{name}\" where one belongs");

    private static string Text(JsonElement owner, string name, string path) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? Decoded(value, path)
            : throw Damaged(path, $"no text \"{name}\" where one belongs");

    // JSON can escape half a surrogate pair, which is no text.
    private static string Decoded(JsonElement text, string path)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Damaged(path, "a text with half a character");
        }
    }

    private static CorruptException Damaged(string path, string what) => new($"{path} has {what}.", path);
}

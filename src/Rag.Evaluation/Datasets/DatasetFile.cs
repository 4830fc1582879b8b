using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;

namespace Rag.Evaluation.Datasets;

/// <summary>Opens a file of a data set, inflating .gz, and reads it within limits.</summary>
internal static class DatasetFile
{
    /// <summary>Opens for reading; the stream throws <see cref="LimitExceededException"/> past the limit.</summary>
    public static Stream Open(string path, DatasetOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options.Validate();
        try
        {
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            Stream content = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
            return new BoundedStream(content, nameof(DatasetOptions.MaxBytes), options.MaxBytes, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The data set file {path} cannot be opened: {error.Message}", path, error);
        }
    }

    /// <summary>The non-blank lines with their numbers from 1.</summary>
    public static async IAsyncEnumerable<(int Number, string Line)> ReadLinesAsync(
        string path, DatasetOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using LineReader reader = new(Open(path, options), options.MaxLineLength, path);
        for (int number = 1; ; number++)
        {
            string? line;
            try
            {
                line = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is InvalidDataException or DecoderFallbackException or IOException)
            {
                throw new CorruptException($"{path} cannot be read at line {number}: {error.Message}", path, innerException: error);
            }

            if (line is null)
            {
                yield break;
            }

            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return (number, line);
            }
        }
    }

    /// <summary>Turns what a parser throws into the sentence of a damaged file.</summary>
    public static CorruptException Damaged(string path, int line, string what, Exception? inner = null) =>
        new($"{path}, line {line}: {what}.", path, innerException: inner);
}

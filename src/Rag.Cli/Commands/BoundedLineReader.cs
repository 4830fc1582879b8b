using System.Text;

namespace Rag.Cli.Commands;

/// <summary>Lines of a length that is bounded before they are kept.</summary>
internal sealed class BoundedLineReader(TextReader reader, int maxLength)
{
    /// <summary>The next line without blanks around it, or null at the end.</summary>
    /// <exception cref="LimitExceededException">The line is too long; the next call reads the one after it.</exception>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        // The console's stream does not end waiting when asked to; the wait can.
        (string? line, long seen) = await Task.Run(ReadLine, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        return seen > maxLength ? throw new LimitExceededException("MaxQuestionLength", maxLength, seen, "The line") : line?.Trim();
    }

    private (string? Line, long Seen) ReadLine()
    {
        var line = new StringBuilder();
        long seen = 0;
        for (int character = reader.Read(); character != '\n'; character = reader.Read())
        {
            if (character < 0)
            {
                return (seen == 0 ? null : line.ToString(), seen);
            }

            if (++seen <= maxLength)
            {
                line.Append((char)character);
            }
        }

        return (line.ToString(), seen);
    }
}

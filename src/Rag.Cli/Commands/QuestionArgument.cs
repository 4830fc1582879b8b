using System.Buffers;
using System.CommandLine;
using System.Text;

namespace Rag.Cli.Commands;

/// <summary>The question: words of the command line, or standard input where it is "-".</summary>
internal sealed class QuestionArgument
{
    // What is read of standard input before giving up, so that the writer at the other end can finish.
    private const int MaxDrained = 16 << 20;

    public QuestionArgument() => Words.Validators.Add(result =>
    {
        if (result.Tokens.FirstOrDefault(token => LooksLikeOption(token.Value)) is { } unknown)
        {
            result.AddError($"There is no option {unknown.Value}.");
        }

        if (result.Tokens.All(token => string.IsNullOrWhiteSpace(token.Value)))
        {
            result.AddError("The question is empty.");
        }
    });

    public Argument<string[]> Words { get; } = new("QUESTION")
    {
        Description = "The question, in quotes; - reads it from standard input.", Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The words as one text.</summary>
    public string Get(ParseResult parsed) => string.Join(' ', parsed.GetRequiredValue(Words));

    /// <summary>The question itself, from standard input where <paramref name="words"/> is "-".</summary>
    /// <exception cref="LimitExceededException">It is longer than <paramref name="maxLength"/>.</exception>
    public static async Task<string> ReadAsync(string words, TextReader input, int maxLength, CancellationToken cancellationToken)
    {
        string question = words == "-" ? await ReadAllAsync(input, maxLength, cancellationToken).ConfigureAwait(false) : words;
        if (question.Length > maxLength)
        {
            throw new LimitExceededException("MaxQuestionLength", maxLength, question.Length, "The question");
        }

        return string.IsNullOrWhiteSpace(question)
            ? throw new UnavailableException("Standard input held no question.")
            : question.Trim();
    }

    // A question is quoted and has blanks, or is a word or a number; what begins like this is a slip.
    private static bool LooksLikeOption(string word) =>
        word.Length > 1 && word[0] == '-' && (word[1] == '-' || char.IsAsciiLetter(word[1])) && !word.Any(char.IsWhiteSpace);

    private static async Task<string> ReadAllAsync(TextReader input, int maxLength, CancellationToken cancellationToken)
    {
        char[] buffer = ArrayPool<char>.Shared.Rent(16 << 10);
        try
        {
            var text = new StringBuilder();
            long seen = 0;
            while (seen < MaxDrained)
            {
                // The console's stream does not end waiting when asked to; the wait can.
                int read = await Task.Run(() => input.Read(buffer), CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                seen += read;
                if (seen <= maxLength)
                {
                    text.Append(buffer, 0, read);
                }
            }

            return seen <= maxLength ? text.ToString() : throw new LimitExceededException("MaxQuestionLength", maxLength, seen, "The question");
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }
}

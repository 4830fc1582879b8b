using Rag.Cli.Terminal;

namespace Rag.Cli;

/// <summary>Turns an error into one sentence on standard error.</summary>
internal static class Failures
{
    /// <summary>Reports the error; RAG_DEBUG=1 shows where it came from.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Screen screen, Exception exception)
    {
        try
        {
            screen.Error(Sentence(exception));
            if (Environment.GetEnvironmentVariable("RAG_DEBUG") == "1")
            {
                screen.Progress.Profile.Out.Writer.WriteLine(SafeText.Lines(exception.ToString()));
            }
        }
        catch (IOException)
        {
            // Nobody listens any more; the exit code still says it.
        }

        return ExitCode.Failed;
    }

    /// <summary>What a person is told.</summary>
    public static string Sentence(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => Sentence(only),
        RagException or ArgumentException or IOException or UnauthorizedAccessException => exception.Message,
        OutOfMemoryException => "There is not enough memory for this; a smaller model or fewer documents at once would help.",
        _ => $"Something went wrong that should not have: {exception.Message} (set RAG_DEBUG=1 to see where).",
    };
}

namespace Rag.Faults.Tests.Support;

/// <summary>What a test counted, said where a run shows it: in the test's output and, for <c>RAG_FIGURES</c>, in that file.</summary>
internal static class Figures
{
    private static readonly Lock Gate = new();

    public static void Say(string text)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        if (Environment.GetEnvironmentVariable("RAG_FIGURES") is { Length: > 0 } file)
        {
            lock (Gate)
            {
                File.AppendAllText(file, $"{text}\n");
            }
        }
    }
}

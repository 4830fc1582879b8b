namespace Rag.Cli;

/// <summary>What the tool ends with.</summary>
internal static class ExitCode
{
    /// <summary>Answered: a refusal too, and an ingest in which single files failed.</summary>
    public const int Answered = 0;

    /// <summary>Failed, with a sentence on standard error.</summary>
    public const int Failed = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C: 128 plus the number of SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by another program: 128 plus the number of SIGTERM.</summary>
    public const int Terminated = 143;
}

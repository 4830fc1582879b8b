namespace Rag.Cli.Terminal;

/// <summary>Told how far a piece of work is.</summary>
/// <param name="Text">What is being done; any text.</param>
/// <param name="Done">How much of it is done.</param>
/// <param name="Total">How much there is; null where that is not known.</param>
internal readonly record struct Activity(string Text, double Done, double? Total);

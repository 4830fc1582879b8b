namespace Rag.Cli.Output;

/// <summary>What <c>rag models list --json</c> prints.</summary>
internal sealed record ModelListJson(IReadOnlyList<ModelJson> Models);

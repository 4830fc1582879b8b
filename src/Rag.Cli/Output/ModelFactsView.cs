using System.Globalization;
using Rag.Cli.Terminal;

namespace Rag.Cli.Output;

/// <summary>Shows what a model is.</summary>
internal static class ModelFactsView
{
    public static void Show(Screen screen, ModelFactsJson facts)
    {
        screen.Styled("bold", SafeText.Line(facts.Folder) + "\n");
        Line(screen, "family", SafeText.Line(facts.Family) + (facts.Kind is null ? " (not supported)" : $", {facts.Kind}"));
        Line(screen, "parameters", Parameters(facts.Parameters));
        if (facts.Kind is not null)
        {
            Line(screen, "sizes", string.Create(
                CultureInfo.InvariantCulture, $"{facts.Layers} layers of {facts.HiddenSize}, {facts.Vocabulary:N0} token ids, up to {facts.Context:N0} tokens"));
        }

        Line(screen, "tokenizer", facts.Tokenizer is { } kind ? SafeText.Line(kind) : "none");
        Line(screen, "chat", facts.ChatTemplate ? "has a template" : "has no template");
        Line(screen, "licence", facts.Licence is { } licence ? SafeText.Line(licence) : "not stated");
        Line(screen, "stored as", string.Join("; ", facts.Storage.Select(part => $"{part.Type}: {Tensors(part.Tensors)}, {DownloadText.Size(part.Bytes)}")));
        if (facts.Problem is { } problem)
        {
            Line(screen, "runs", "not: " + SafeText.Line(problem));
        }
        else if (facts.Runs.Count == 0)
        {
            Line(screen, "runs", "in f32");
        }
        else
        {
            Line(screen, "runs", $"with {facts.Weights} weights, " + (facts.Cache is { } cache ? $"packed in {SafeText.Line(cache)}" : "packed when first used"));
            foreach (Models.Facts.PackingGroup group in facts.Runs)
            {
                Line(screen, "", $"{group.Form}: {Tensors(group.Tensors)}, {DownloadText.Size(group.Bytes)}");
            }
        }

        if (facts.Loss is { } loss)
        {
            Line(screen, "loss", string.Create(
                CultureInfo.InvariantCulture,
                $"{loss.Divergence:G3} nats a token against f32, the same likeliest token at {100 * loss.TopAgreement:F1} % of {loss.Tokens:N0}; perplexity {loss.Perplexity:G4} for {loss.ExactPerplexity:G4}"));
        }
    }

    private static void Line(Screen screen, string name, string text) => screen.Out.Write($"{name,-12}{text}\n");

    private static string Tensors(int count) => count == 1 ? "1 tensor" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} tensors");

    private static string Parameters(long count) => count switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e9:F2} thousand million"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:F1} million"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count:N0}"),
    };
}

using Microsoft.Extensions.AI;
using Rag.Cli.Output;
using Rag.Cli.Terminal;
using Rag.Hosting;
using Rag.Models.Hub;
using Rag.Models.Packing;
using Rag.Runtime.Sessions;
using Rag.Runtime.Embedding;
using Rag.Runtime.Reading;
using Rag.Starter;

namespace Rag.Cli.Commands;

/// <summary>Opens the models that are measured by the names that people give them: 'starter' is in the box, 'none' is none.</summary>
internal static class MeasuredModels
{
    /// <summary>What the models in the box are called.</summary>
    public const string StarterName = "starter";

    /// <summary>The folder of a model, downloaded where need be.</summary>
    public static async Task<string> ResolveAsync(Screen screen, string model, CancellationToken cancellationToken)
    {
        using var hub = new ModelHub();
        return await ActivityView.RunAsync(
            screen,
            activity => hub.ResolveAsync(model, new MappedProgress<ModelDownloadProgress, Activity>(activity, DownloadText.Describe), cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Opens a sentence encoder; null where there is none.</summary>
    public static async Task<IEmbeddingGenerator<string, Embedding<float>>?> OpenEncoderAsync(
        Screen screen, string? model, WeightPrecision weights, CancellationToken cancellationToken)
    {
        if (model is null || IsNone(model))
        {
            return null;
        }

        bool starter = model is StarterName or StarterModels.EmbedderName && StarterModels.EmbedderFolder is not null;
        string folder = starter ? StarterModels.EmbedderFolder! : await ResolveAsync(screen, model, cancellationToken).ConfigureAwait(false);
        return await EmbeddingModel.LoadAsync(folder, starter ? StarterModels.EmbedderName : null, new RuntimeOptions { Weights = weights }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a reader; null where there is none.</summary>
    public static async Task<SpanReader?> OpenReaderAsync(Screen screen, string? model, CancellationToken cancellationToken)
    {
        if (model is null || IsNone(model))
        {
            return null;
        }

        string? starter = model is StarterName or StarterModels.ReaderName ? StarterModels.ReaderFolder : null;
        string folder = starter ?? await ResolveAsync(screen, model, cancellationToken).ConfigureAwait(false);
        return SpanReader.Load(folder, new SpanReaderOptions { TokenizerFolder = starter is null ? null : StarterModels.EmbedderFolder });
    }

    private static bool IsNone(string model) => model.Equals(RagOptions.NoModel, StringComparison.OrdinalIgnoreCase);
}

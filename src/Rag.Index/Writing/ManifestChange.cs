using Rag.Index.Storage;
using Rag.Index.Text;

namespace Rag.Index.Writing;

/// <summary>Decides what a manifest that a caller declares does to an index.</summary>
internal static class ManifestChange
{
    /// <summary>Writes the manifest, drops content, or refuses.</summary>
    /// <returns>Whether content was dropped.</returns>
    public static bool Apply(IndexWriter writer, IndexManifest manifest, bool replace, ITextAnalyzer analyzer, IndexFiles files)
    {
        if (manifest.Embedding is { Dimensions: < 1 } embedding)
        {
            throw new ArgumentException($"The embedding model {embedding.Model} has {embedding.Dimensions} dimensions.", nameof(manifest));
        }

        VectorKinds.Check(manifest);
        IndexState state = writer.State();
        IndexManifest? stored = Manifests.Read(state.Manifest, files.Database);
        IReadOnlyList<string> differences = stored is null ? [] : Manifests.Differences(stored, manifest);

        // What was protected stays so, even where all else is replaced.
        manifest = manifest with { IsProtected = manifest.IsProtected || stored?.IsProtected == true };
        if (state.Analyzer is not null && state.Analyzer != analyzer.Fingerprint)
        {
            differences = [.. differences, $"terms: analyzer \"{state.Analyzer}\" there, \"{analyzer.Fingerprint}\" here"];
        }

        if (differences.Count == 0 && stored is not null)
        {
            if (manifest.IsProtected && !stored.IsProtected)
            {
                writer.SetManifest(Manifests.Write(stored with { IsProtected = true }), drop: false);
            }

            return false;
        }

        bool holdsDocuments = writer.HoldsDocuments();
        if (holdsDocuments && !replace)
        {
            throw new IncompatibleException(
                $"The index {files.Folder} was built otherwise ({string.Join("; ", differences)}). Rebuild it, or use what it was built with.", files.Folder);
        }

        writer.SetManifest(Manifests.Write(manifest), drop: holdsDocuments);
        return holdsDocuments;
    }
}

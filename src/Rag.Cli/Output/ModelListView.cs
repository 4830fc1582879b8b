using System.Globalization;
using Rag.Cli.Terminal;
using Rag.Models;
using Rag.Models.Hub;

namespace Rag.Cli.Output;

/// <summary>Shows the models in the cache by the names that the other commands take.</summary>
internal static class ModelListView
{
    public static void Show(Screen screen, ModelHub hub, IReadOnlyList<CachedModel> models)
    {
        (string Name, string Family, CachedModel Model)[] rows = [.. models.Select(model => (SafeText.Line(NameOf(hub, model)), SafeText.Line(FamilyOf(model)), model))];
        (int name, int family) = (rows.Max(row => row.Name.Length), rows.Max(row => row.Family.Length));
        foreach ((string Name, string Family, CachedModel Model) row in rows)
        {
            screen.Out.Write($"{row.Name.PadRight(name)}  {DownloadText.Size(row.Model.Bytes),8}  {row.Family.PadRight(family)}  {SafeText.Line(row.Model.FolderPath)}\n");
        }

        screen.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{IngestionView.Count(models.Count, "model")}, {DownloadText.Size(models.Sum(model => model.Bytes))}\n"));
    }

    // Several commits of a model may be here; its plain name means one of them.
    private static string NameOf(ModelHub hub, CachedModel model) =>
        hub.Find(new ModelReference(model.Repository))?.Commit == model.Commit ? model.Repository : $"{model.Repository}@{model.Commit}";

    // A list is no place to fail at one model.
    private static string FamilyOf(CachedModel model)
    {
        try
        {
            return ModelFolder.Open(model.FolderPath).ModelType;
        }
        catch (RagException)
        {
            return "?";
        }
    }
}

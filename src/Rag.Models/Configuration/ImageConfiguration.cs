using System.Text.Json;

namespace Rag.Models.Configuration;

/// <summary>What preprocessor_config.json says of how an image becomes numbers (transformers image_processing_clip.py, whose defaults these are).</summary>
internal sealed record ImageConfiguration
{
    private const string FileName = "preprocessor_config.json";
    private const int MostPixels = 1 << 14;
    private const int Bilinear = 2;
    private const int Bicubic = 3;

    /// <summary>What the shorter side becomes, the other keeping its proportion; null where <see cref="Height"/> and <see cref="Width"/> or nothing is said.</summary>
    public int? ShortestEdge { get; init; }

    /// <summary>What the image's height becomes, with <see cref="Width"/>.</summary>
    public int? Height { get; init; }

    public int? Width { get; init; }

    /// <summary>Whether resizing is bicubic; otherwise bilinear.</summary>
    public bool IsBicubic { get; init; }

    /// <summary>The size of the middle that is kept; null for all of it.</summary>
    public (int Height, int Width)? Crop { get; init; }

    /// <summary>What colours from 0 to 255 are multiplied by.</summary>
    public double RescaleFactor { get; init; }

    /// <summary>What is taken from each colour then.</summary>
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>What each colour is divided by then.</summary>
    public required IReadOnlyList<double> Deviation { get; init; }

    /// <summary>Reads the file of a folder.</summary>
    /// <exception cref="UnavailableException">There is none.</exception>
    public static ImageConfiguration Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new UnavailableException($"The model folder {folder} has no {FileName}, which says how an image becomes numbers.", path);
        }

        using JsonDocument document = BoundedJson.Read(path, ModelFolder.MaxJsonBytes);
        ModelConfiguration config = new(document.RootElement, path);
        bool normalizes = config.Boolean("do_normalize", absent: true);
        int filter = (int)config.Double("resample", Bicubic);
        (int? edge, int? height, int? width) = config.Boolean("do_resize", absent: true) ? Size(config, "size", 224, edge: true) : default;
        (_, int? cropHeight, int? cropWidth) = config.Boolean("do_center_crop", absent: true) ? Size(config, "crop_size", 224, edge: false) : default;
        return new ImageConfiguration
        {
            ShortestEdge = edge,
            Height = height,
            Width = width,
            IsBicubic = filter is Bicubic or Bilinear
                ? filter == Bicubic
                : throw new UnsupportedException($"{path}: resample {filter} is not supported; {Bilinear} (bilinear) and {Bicubic} (bicubic) are.", path),
            Crop = cropHeight is { } rows && cropWidth is { } columns ? (rows, columns) : null,
            RescaleFactor = config.Boolean("do_rescale", absent: true) ? config.Double("rescale_factor", 1 / 255d) : 1,
            Mean = normalizes ? Colors(config, "image_mean", [0.48145466, 0.4578275, 0.40821073]) : [0, 0, 0],
            Deviation = normalizes ? Colors(config, "image_std", [0.26862954, 0.26130258, 0.27577711]) : [1, 1, 1],
        };
    }

    // An object today, one number in older files: the shorter side, or both sides of what is cut out.
    private static (int? Edge, int? Height, int? Width) Size(ModelConfiguration config, string key, int absent, bool edge)
    {
        if (!config.Has(key) || config.Root.GetProperty(key).ValueKind == JsonValueKind.Number)
        {
            int size = config.Count(key, absent, MostPixels);
            return edge ? (size, null, null) : (null, size, size);
        }

        ModelConfiguration section = config.Section(key)!;
        return section.OptionalCount("shortest_edge", MostPixels) is { } shortest
            ? (shortest, null, null)
            : (null, section.RequireCount("height", MostPixels), section.RequireCount("width", MostPixels));
    }

    private static IReadOnlyList<double> Colors(ModelConfiguration config, string key, double[] absent) =>
        config.Doubles(key) is not { } values ? absent : values is [_, _, _] && (key != "image_std" || !values.Contains(0)) ? values : throw config.Wrong(key, "three numbers, none of them 0 where they divide");
}

namespace Rag.Models.Configuration;

/// <summary>
/// Rotary position settings in one form. transformers 5 writes "rope_parameters" {rope_type, rope_theta, ...}; earlier
/// versions write "rope_theta" beside "rope_scaling" {type or rope_type, factor, ...}.
/// </summary>
internal sealed record RopeConfiguration
{
    /// <summary>"default", "linear", "llama3", "dynamic", "yarn", "longrope".</summary>
    public required string Type { get; init; }

    /// <summary>The base of the frequencies.</summary>
    public required double Theta { get; init; }

    /// <summary>The part of a head's dimensions that is rotated.</summary>
    public required double PartialRotaryFactor { get; init; }

    /// <summary>The positions that the model takes; null where nothing is said.</summary>
    public int? MaxPositions { get; init; }

    /// <summary>The positions that the model took before its frequencies were rescaled; null where nothing is said.</summary>
    public int? OriginalPositions { get; init; }

    /// <summary>The object that holds the settings of the type; null where there is none.</summary>
    public ModelConfiguration? Settings { get; init; }

    public static RopeConfiguration Read(ModelConfiguration config, double defaultTheta, double defaultPartial = 1) =>
        Read(config, config.Section("rope_parameters") ?? config.Section("rope_scaling"), config.Double("rope_theta", config.Double("rotary_emb_base", defaultTheta)), defaultPartial);

    /// <summary>Reads one of several rotary settings of a model.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="settings">The object with this one's settings; null for none.</param>
    /// <param name="theta">Its base, where the settings do not say.</param>
    /// <param name="defaultPartial">The rotated part of a head, where nothing says.</param>
    public static RopeConfiguration Read(ModelConfiguration config, ModelConfiguration? settings, double theta, double defaultPartial = 1) => new()
    {
        Type = settings?.String("rope_type") ?? settings?.String("type") ?? "default",
        Theta = Positive(settings?.OptionalDouble("rope_theta") ?? theta, config),
        PartialRotaryFactor = settings?.OptionalDouble("partial_rotary_factor") ?? config.Double("partial_rotary_factor", config.Double("rotary_pct", defaultPartial)),
        MaxPositions = config.OptionalCount("max_position_embeddings"),
        OriginalPositions = settings?.OptionalCount("original_max_position_embeddings") ?? config.OptionalCount("original_max_position_embeddings"),
        Settings = settings,
    };

    private static double Positive(double theta, ModelConfiguration config) =>
        theta > 0 ? theta : throw new CorruptException($"{config.Path}: 'rope_theta' must be above 0.", config.Path);
}

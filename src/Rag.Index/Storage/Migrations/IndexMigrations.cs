using System.Globalization;

namespace Rag.Index.Storage.Migrations;

/// <summary>All steps from the first format version to this one.</summary>
internal static class IndexMigrations
{
    private static readonly IndexMigration[] Steps = [new AddAttributes()];

    /// <summary>Whether there is a way from a version to this one.</summary>
    public static bool Starts(long version) => Steps.Any(step => step.From == version);

    /// <summary>Brings an older index up to date, one transaction a step; an index of any other version stays as it is.</summary>
    /// <returns>Whether anything was done.</returns>
    public static bool Run(IndexConnection connection, ChunkIndexOptions options)
    {
        long found = IndexSchema.Version(connection);
        foreach (IndexMigration step in Steps)
        {
            if (step.From == IndexSchema.Version(connection))
            {
                Run(step, connection, options);
            }
        }

        return IndexSchema.Version(connection) != found;
    }

    private static void Run(IndexMigration step, IndexConnection connection, ChunkIndexOptions options)
    {
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            step.Apply(connection, options);
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {step.From + 1}"));
            options.OnStep?.Invoke("migrated");
            connection.Execute("COMMIT");
        }
        catch
        {
            connection.Rollback();
            throw;
        }

        options.OnStep?.Invoke("committed");
    }
}

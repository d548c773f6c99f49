using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary>Finds the model that a path means.</summary>
internal static class ModelPath
{
    /// <summary>Reads a model folder, or the one within a run folder.</summary>
    public static SavedModel Load(string path)
    {
        string inner = Path.Combine(path, "model");
        return ModelFolder.Load(Directory.Exists(inner) ? inner : path);
    }
}

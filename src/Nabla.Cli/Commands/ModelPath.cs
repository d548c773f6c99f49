using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary>Finds the model that a path means.</summary>
internal static class ModelPath
{
    /// <summary>Reads a model folder, the one within a run folder, or a model in one file.</summary>
    public static SavedModel Load(string path) => ModelFolder.Load(Find(path));

    /// <summary>The model folder or file that a path means: within a run folder, or the path itself.</summary>
    /// <exception cref="UsageException">It is a run that has no model yet.</exception>
    public static string Find(string path)
    {
        string inner = Path.Combine(path, "model");
        if (Directory.Exists(inner))
        {
            return inner;
        }

        return File.Exists(Path.Combine(path, Training.CheckpointPlan.FileName)) && !File.Exists(Path.Combine(path, "model.json"))
            ? throw new UsageException($"{path}: this run has no model yet: it was stopped. Go on with it by 'nabla train ... --resume {path}'.")
            : path;
    }
}

namespace Nabla.Formats;

/// <summary>Where the files of a model are read from: a folder or an archive.</summary>
internal interface IModelSource : IDisposable
{
    /// <summary>Whether the model has a file.</summary>
    bool Has(string name);

    /// <summary>Reads one file of the model from front to back.</summary>
    /// <exception cref="FileNotFoundException">The model has no such file.</exception>
    T Read<T>(string name, Func<FileInput, T> read);
}

/// <summary>The files of a model in a folder.</summary>
internal sealed class ModelFiles(string folder) : IModelSource
{
    public bool Has(string name) => File.Exists(Path.Combine(folder, name));

    public T Read<T>(string name, Func<FileInput, T> read)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: no such file. A model is a folder with {string.Join(" and ", ModelFolder.Required)}.", path);
        }

        using FileInput input = FileInput.Open(path);
        return read(input);
    }

    public void Dispose()
    {
    }
}

namespace Nabla.Keras.Layers;

/// <summary>Keras' names as Nabla's layers may have them: letters, digits, <c>_</c> and <c>-</c>, beginning with a letter, each once.</summary>
internal sealed class KerasNames
{
    private readonly HashSet<string> used = [];

    public string Of(string kerasName)
    {
        string letters = string.Concat(kerasName.Select(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_'));
        string plain = letters.Length > 0 && char.IsLetter(letters[0]) ? letters : $"layer_{letters}";
        string name = plain;
        for (int number = 2; !used.Add(name); number++)
        {
            name = $"{plain}_{number}";
        }

        return name;
    }
}

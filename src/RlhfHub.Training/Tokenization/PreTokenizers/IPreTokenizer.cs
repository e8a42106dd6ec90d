namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>Splits text into the pieces that the model sees one by one. Empty pieces are left out.</summary>
internal interface IPreTokenizer
{
    List<TextPiece> Split(List<TextPiece> pieces);
}
